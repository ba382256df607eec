import type { Reference } from '../domain/facts/fact.ts';
import { EhrError } from '../fhir/outcome.ts';
import { isMirrored } from './mirror.ts';
import { readRecords, takeIn } from './observe.ts';
import type { Service } from './service.ts';
import { didGoBack, isDoubtful } from './went-back.ts';

/**
 * Is it still true? Reads these records from the EHR, even if they were read a moment ago: a moment is enough to cancel
 * a visit. False when the EHR cannot be asked, or shows less than it did: then nothing may be sent (law 4).
 */
export async function lookAgain(service: Service, references: Iterable<Reference>): Promise<boolean> {
  try {
    const records = await readRecords(service, references);
    // Mostly nothing has changed, and then there is nothing to lock, to write and to wait for.
    if (records.deleted.length === 0 && (await isMirrored(service.database.sql, records.resources))) return true;
    const counts = await takeIn(service, records);
    if (!isDoubtful(counts, records)) return true;
    return !(await didGoBack(service)) && counts.older + counts['set-back'] === 0;
  } catch (error) {
    if (!(error instanceof EhrError)) throw error;
    service.log.warn('The EHR could not be asked before sending.', { code: error.code });
    return false;
  }
}
