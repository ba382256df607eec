import { sql as raw } from 'kysely';
import { ANSWERING } from '../../sync/domain/plan/diff.ts';
import type { PatientExplanation } from '../../sync/reconcile/explain.ts';
import type { Service } from '../../sync/reconcile/service.ts';
import type { MessageRow } from '../../sync/store/message-row.ts';
import { tasksOf } from '../../sync/store/task.ts';

export interface Heard {
  inbound: string;
  at: string;
  medium: string;
  from: string;
  words: string;
  /** What was made of it; empty until it has been handled. */
  understood: string;
}

type Sql = Service['database']['sql'];

/**
 * What was written to us about one visit: what answered it, and, since its patient was told of it, what was about no
 * visit in particular, such as a STOP. `rows`: all messages to the patient.
 */
export async function heardAbout(
  sql: Sql,
  { patient, told }: Pick<PatientExplanation, 'patient' | 'told'>,
  appointment: string,
  rows: readonly MessageRow[],
): Promise<Heard[]> {
  const about = await visitsByInbound(sql, patient, rows);
  const written = await sql
    .selectFrom('inbound')
    .select(['id', 'medium', 'address', 'body', 'received_at', 'outcome'])
    .where(eb => eb.or([raw<boolean>`${patient} = any(patients)`, eb('id', 'in', ['', ...about.keys()])]))
    .orderBy('received_at')
    .orderBy('recorded_at')
    .orderBy('id')
    .execute();
  const said = rows.filter(row => tells(row, appointment)).map(({ sentAt, sendAt }) => sentAt ?? sendAt);
  const since = [...said, ...(told ? [told.at] : [])].sort()[0];
  return written
    .filter(({ id, received_at }) => about.get(id)?.has(appointment) ?? (since !== undefined && received_at >= since))
    .map(({ id, medium, address, body, received_at, outcome }) => ({
      ...{ inbound: id, at: received_at, medium, from: address, words: body },
      understood: outcome ? (UNDERSTOOD[outcome] ?? outcome.replaceAll('-', ' ')) : '',
    }));
}

export const tells = (row: MessageRow, appointment: string): boolean =>
  row.tells.some(telling => telling.appointment === appointment);

/** Which message of theirs this one of ours answers. */
export const answered = ({ rule, key }: MessageRow): string | undefined =>
  rule === ANSWERING ? key.split('|')[2] : undefined;

/** The visits that each message was certainly about; one that is not in it was about none. */
async function visitsByInbound(
  sql: Sql,
  patient: string,
  rows: readonly MessageRow[],
): Promise<Map<string, Set<string>>> {
  const replies = await sql
    .selectFrom('reply')
    .select(['inbound', 'appointment'])
    .where('patient', '=', patient)
    .execute();
  const pairs = [
    ...replies.map(({ inbound, appointment }) => [inbound, appointment] as const),
    ...(await tasksOf(sql, patient)).flatMap(({ inbound, about }) => about.map(visit => [inbound, visit] as const)),
    ...rows.flatMap(row => row.tells.map(({ appointment }) => [answered(row), appointment] as const)),
  ];
  const visits = new Map<string, Set<string>>();
  for (const [inbound, visit] of pairs)
    if (inbound !== undefined) visits.set(inbound, (visits.get(inbound) ?? new Set()).add(visit));
  return visits;
}

const UNDERSTOOD: Record<string, string> = {
  confirm: 'taken as yes',
  'confirmed-already': 'yes once more',
  cancel: 'taken as no',
  reschedule: 'wants another time',
  stale: 'said of an hour that had changed',
  'visit-gone': 'no visit it could mean',
  'to-person': 'given to a person',
  'unknown-sender': 'given to a person',
  'asked-which': 'could mean several visits',
  acknowledged: 'needs no answer',
  thanked: 'needs no answer',
  helped: 'asked for help',
  stopped: 'no more messages wanted',
  started: 'messages wanted again',
  'wrong-number': 'wrong number',
};
