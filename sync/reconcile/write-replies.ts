import type { Appointment } from '@medplum/fhirtypes';
import { confirmed, responseOf, stillFits } from '../domain/chart/confirmation.ts';
import { ownsAnswers } from '../domain/chart/ownership.ts';
import { plus } from '../domain/time.ts';
import { EhrError } from '../fhir/outcome.ts';
import type { Sql } from '../store/database.ts';
import { overtakenBy, replyLater, replyWritten, unwrittenReplies } from '../store/reply.ts';
import { putIntoChart } from './put-into-chart.ts';
import type { Service } from './service.ts';

type Unwritten = Awaited<ReturnType<typeof unwrittenReplies>>[number];

/** Carries confirmations into the chart, in the way this EHR allows (`mappings/ehr`). Returns how many ended. */
export async function writeReplies(service: Service): Promise<number> {
  const { database, clock, log } = service;
  let ended = 0;
  for (const reply of await unwrittenReplies(database.sql, clock(), 50)) {
    try {
      const outcome = await writeReply(service, reply);
      await replyWritten(database.sql, reply, outcome, clock());
      ended += 1;
    } catch (error) {
      if (!(error instanceof EhrError)) throw error;
      log.warn('The EHR did not take an answer; it stays in the backlog.', { code: error.code });
      await replyLater(database.sql, reply, plus(clock(), 'PT1M'));
    }
  }
  return ended;
}

/**
 * `overtaken`: the patient has said something else of this visit since, and that counts. `stale`: the visit is no longer
 * what they said yes to; it is not confirmed, and the plan already knows.
 */
async function writeReply({ connection, database }: Service, reply: Unwritten): Promise<string> {
  const { client, profile, ownership } = connection;
  const { confirmation } = profile.writes;
  if (reply.meaning !== 'confirm' || confirmation === 'none') return 'kept-for-staff';
  if (confirmation === 'participant-status' && !ownsAnswers(ownership)) return 'kept-for-staff';
  if (await isOvertaken(database.sql, reply)) return 'overtaken';
  const read = await client.read('Appointment', reply.appointment.slice('Appointment/'.length));
  if (read.outcome !== 'found') return 'stale';
  const held = read.resource as Appointment;
  if (confirmation === 'appointment-response') {
    if (!stillFits(held, reply.patient, reply)) return 'stale';
    await putIntoChart(connection, responseOf(keyOf(reply), reply.patient, reply));
    return 'responded';
  }
  const appointment = confirmed(held, reply.patient, reply);
  if (!appointment) return 'stale';
  const result = await client.update(appointment, appointment.meta?.versionId ?? '');
  if (result.outcome === 'updated') return 'confirmed';
  throw new EhrError('The visit changed while it was being confirmed.', { code: 'conflict', retry: 'later' });
}

const isOvertaken = async (sql: Sql, { inbound, patient, appointment }: Unwritten): Promise<boolean> =>
  (await overtakenBy(sql, inbound)).some(one => one.patient === patient && one.appointment === appointment);

/** One message may speak for several patients of one visit. */
const keyOf = ({ inbound, appointment, patient }: Unwritten) => `${inbound}:${appointment}:${patient}`;
