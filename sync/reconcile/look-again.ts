import type { Reference } from '../domain/facts/fact.ts';
import { EhrError } from '../fhir/outcome.ts';
import { isMirrored } from './mirror.ts';
import { readRecords, takeIn } from './observe.ts';
import type { Service } from './service.ts';

/**
 * Is it still true? Reads these records from the EHR, even if they were read a moment ago: a moment is enough to cancel
 * a visit. False when the EHR cannot be asked: then nothing may be sent (law 4).
 */
export async function lookAgain(service: Service, references: Iterable<Reference>): Promise<boolean> {
  try {
    const { resources, deleted } = await readRecords(service, references);
    // Mostly nothing has changed, and then there is nothing to lock, to write and to wait for.
    if (deleted.length > 0 || !(await isMirrored(service.database.sql, resources)))
      await takeIn(service, { resources, deleted });
    return true;
  } catch (error) {
    if (!(error instanceof EhrError)) throw error;
    service.log.warn('The EHR could not be asked before sending.', { code: error.code });
    return false;
  }
}
