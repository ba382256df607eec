import { EhrError } from '../fhir/outcome.ts';
import type { MessageRow } from '../store/message-row.ts';
import { observe } from './observe.ts';
import type { Service } from './service.ts';

/**
 * Is it still true? Reads the patients and visits of these messages from the EHR, even if they were read a moment ago:
 * a moment is enough to cancel a visit. False when the EHR cannot be asked: then nothing may be sent (law 4).
 */
export async function lookAgain(service: Service, messages: MessageRow[]): Promise<boolean> {
  const references = messages.flatMap(m => [m.patient, ...m.tells.map(telling => telling.appointment)]);
  try {
    // The answer to a sender we do not know is about no patient.
    await observe(
      service,
      references.filter(reference => /^(Patient|Appointment)\//.test(reference)),
    );
    return true;
  } catch (error) {
    if (!(error instanceof EhrError)) throw error;
    service.log.warn('The EHR could not be asked before sending.', { code: error.code });
    return false;
  }
}
