import type { Appointment } from '@medplum/fhirtypes';
import { confirmed, responseOf } from '../domain/chart/confirmation.ts';
import { ownsAnswers } from '../domain/chart/ownership.ts';
import { plus } from '../domain/time.ts';
import { EhrError } from '../fhir/outcome.ts';
import { replyLater, replyWritten, unwrittenReplies } from '../store/reply.ts';
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

/** `stale`: the visit is no longer what the patient said yes to. It is not confirmed; the plan already knows. */
async function writeReply({ connection }: Service, reply: Unwritten): Promise<string> {
  const { client, profile, ownership } = connection;
  if (reply.meaning !== 'confirm' || profile.writes.confirmation === 'none') return 'kept-for-staff';
  if (profile.writes.confirmation === 'appointment-response') {
    const id = `${reply.inbound}:${reply.appointment}`;
    await putIntoChart(connection, responseOf(id, reply.patient, reply));
    return 'responded';
  }
  if (!ownsAnswers(ownership)) return 'kept-for-staff';
  const read = await client.read('Appointment', reply.appointment.slice('Appointment/'.length));
  if (read.outcome !== 'found') return 'stale';
  const appointment = confirmed(read.resource as Appointment, reply.patient, reply);
  if (!appointment) return 'stale';
  const result = await client.update(appointment, appointment.meta?.versionId ?? '');
  if (result.outcome === 'updated') return 'confirmed';
  throw new EhrError('The visit changed while it was being confirmed.', { code: 'conflict', retry: 'later' });
}
