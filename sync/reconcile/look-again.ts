import type { Reference } from '../domain/facts/fact.ts';
import { durationMs, plusMs } from '../domain/time.ts';
import { EhrError } from '../fhir/outcome.ts';
import type { MessageRow } from '../store/message.ts';
import { observe } from './observe.ts';
import type { Service } from './service.ts';

/** What was read this recently is not read again: due messages come in crowds. */
const FRESH = 'PT30S';

/**
 * Is it still true? Reads the patients and visits of these messages from the EHR, unless they were read a moment
 * ago. False when the EHR cannot be asked: then nothing may be sent (law 4, fails closed).
 */
export async function lookAgain(service: Service, messages: MessageRow[]): Promise<boolean> {
  const references = messages.flatMap(m => [m.patient, ...m.tells.map(telling => telling.appointment)]);
  const stale = await notFresh(service, [...new Set(references)]);
  try {
    if (stale.length > 0) await observe(service, stale);
    return true;
  } catch (error) {
    if (!(error instanceof EhrError)) throw error;
    service.log.warn('The EHR could not be asked before sending.', { code: error.code });
    return false;
  }
}

async function notFresh({ database, clock }: Service, references: Reference[]): Promise<Reference[]> {
  const since = plusMs(clock(), -durationMs(FRESH));
  const rows = await database.sql
    .selectFrom('resource')
    .select(['type', 'id'])
    .where('type', 'in', ['Patient', 'Appointment'])
    .where(
      'id',
      'in',
      references.map(reference => reference.split('/')[1] ?? ''),
    )
    .where('observed_at', '>=', since)
    .execute();
  const fresh = new Set(rows.map(row => `${row.type}/${row.id}`));
  return references
    .filter(reference => reference.startsWith('Patient/') || reference.startsWith('Appointment/'))
    .filter(r => !fresh.has(r));
}
