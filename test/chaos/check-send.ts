import type { Appointment, Patient } from '@medplum/fhirtypes';
import type { OutboundMessage } from '../../sync/channels/channel.ts';
import type { Part } from '../../sync/domain/plan/facts.ts';
import type { Telling } from '../../sync/domain/plan/plan.ts';
import { maySendAt } from '../../sync/domain/sending-hours.ts';
import { batchOf } from '../../sync/store/attempt.ts';
import type { MessageRow } from '../../sync/store/message-row.ts';
import { shippedPolicy } from '../support/policy.ts';
import type { Whole } from '../support/whole.ts';

/** As much of a whole as it takes to hold what was said against what is so. */
export type Scene = Pick<Whole, 'database' | 'ehr' | 'now'>;

/** What is false, forbidden or said again in a text at the very moment it leaves, read from the EHR itself. */
export async function untrue(whole: Whole, message: OutboundMessage, stopped: Map<string, boolean>): Promise<string[]> {
  const rows = await batchOf(whole.database.sql, { batch: message.reference });
  const wrong: string[] = [];
  const say = (row: MessageRow | undefined, what: string) =>
    wrong.push(`${whole.now()} ${row?.key ?? message.reference}: ${what}`);
  if (rows.length === 0) say(undefined, 'left without having been claimed');
  const before = (await whole.texts(message.to)).filter(text => text.reference === message.reference);
  if (before.length > 0) say(rows[0], 'left a second time');
  for (const row of rows) {
    if (row.purpose === 'answer') continue;
    if (stopped.get(message.to)) say(row, 'was sent to a number that had said STOP');
    if (!maySendAt(whole.now(), row.zones, shippedPolicy().clinic.sendingHours)) say(row, 'was sent in quiet hours');
    const patient = await read<Patient>(whole, row.patient);
    if (!patient || patient.active === false || patient.deceasedBoolean || patient.link?.length)
      say(row, 'was sent to somebody who is dead, gone or merged');
    if (!patient?.telecom?.some(one => one.value === message.to)) say(row, 'was sent to a number that is not theirs');
    for (const telling of row.tells) {
      const visit = await read<Appointment>(whole, telling.appointment);
      const lie = lieAbout(telling, row, visit);
      if (lie) say(row, lie);
    }
  }
  return wrong;
}

function lieAbout(telling: Telling, row: MessageRow, visit: Appointment | undefined): string | undefined {
  const on = isOn(visit, row.patient);
  if (row.purpose === 'no-show')
    return visit?.status === 'noshow' ? undefined : `says that ${telling.appointment} was missed`;
  if (row.purpose === 'rebook') return on ? `offers to replace ${telling.appointment}, which is on` : undefined;
  if (telling.live !== on) return `says that ${telling.appointment} is ${telling.live ? 'on' : 'off'}`;
  if (!on) return undefined;
  if (telling.start !== visit?.start) return `says ${telling.start}, and it is ${visit?.start}`;
  const video = visit?.serviceCategory !== undefined;
  // Of what the words leave out the row holds what the patient knew before.
  const says = (part: Part) => !telling.unsaid?.includes(part);
  if (says('mode') && telling.telehealth !== video) return 'is wrong about whether it is by video';
  const listed = visit?.participant?.map(one => one.actor?.reference) ?? [];
  const named = [says('place') && telling.location, says('clinician') && telling.practitioner];
  for (const reference of named)
    if (reference && !listed.includes(reference)) return `speaks of ${reference}, who is not on it`;
  return undefined;
}

export const isOn = (visit: Appointment | undefined, patient: string): boolean =>
  visit?.status === 'booked' &&
  (visit.participant ?? []).some(one => one.actor?.reference === patient && one.status !== 'declined');

export async function read<T>(whole: Pick<Scene, 'ehr'>, reference: string): Promise<T | undefined> {
  const [type, id] = reference.split('/') as ['Patient' | 'Appointment', string];
  try {
    return (await whole.ehr.store.read(type, id)) as T;
  } catch {
    return undefined;
  }
}
