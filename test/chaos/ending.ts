import type { Appointment } from '@medplum/fhirtypes';
import type { Telling } from '../../sync/domain/plan/plan.ts';
import { planFor } from '../../sync/domain/plan/plan-for.ts';
import type { Policy } from '../../sync/domain/policy/policy.ts';
import { byText } from '../../sync/domain/time.ts';
import { factsOf } from '../../sync/store/facts.ts';
import { messagesOf } from '../../sync/store/find-messages.ts';
import type { MessageRow } from '../../sync/store/message-row.ts';
import { tasksOf } from '../../sync/store/task.ts';
import { isOn, read, type Scene } from './check-send.ts';
import { patientId } from './desk.ts';

/** What a family and the desk would notice: what is to come, what staff have to do, what was said, in this order. */
export interface Ending {
  pending: { key: string; sendAt: string }[];
  tasks: string[];
  texts: string[];
}

export const patientsIn = (family: number) => [0, 1].map(who => `Patient/${patientId(family, who)}`);
const WENT_OUT = ['sending', 'sent', 'delivered', 'unknown'];

export async function endingOf(whole: Scene, family: number): Promise<Ending> {
  const { sql } = whole.database;
  const ending: Ending = { pending: [], tasks: [], texts: [] };
  for (const patient of patientsIn(family)) {
    const rows = await messagesOf(sql, patient);
    ending.pending.push(...rows.filter(row => row.state === 'planned').map(({ key, sendAt }) => ({ key, sendAt })));
    // In which order somebody hears of two visits that have nothing to do with each other may hang on a minute.
    const said = rows
      .filter(row => WENT_OUT.includes(row.state))
      .sort((a, b) => byText(visitsOf(a), visitsOf(b)) || byText(a.sentAt ?? '', b.sentAt ?? ''));
    ending.texts.push(
      ...said.map(
        row => `${row.key.replace(/answering\|.*/, 'answering')}: ${row.text} ${row.tells.map(truth).join(', ')}`,
      ),
    );
    const tasks = await tasksOf(sql, patient);
    ending.tasks.push(
      ...tasks.filter(task => task.state === 'open').map(task => task.key.replace(/answering\|[^#]*/, 'answering')),
    );
  }
  return { ...ending, tasks: ending.tasks.sort() };
}

const visitsOf = ({ tells }: MessageRow) => tells.map(telling => telling.appointment).join();

export const truth = ({ appointment, live, start, telehealth, location, practitioner }: Telling) =>
  [appointment, live, start, telehealth, location, practitioner].join(' ');

/** Whoever was last told what is no longer so, and is neither about to be told nor owed a reason; and what was said twice. */
export async function forgotten(whole: Scene, family: number, visits: string[], policy: Policy): Promise<string[]> {
  const { sql } = whole.database;
  const wrong: string[] = [];
  for (const patient of patientsIn(family)) {
    const rows = await messagesOf(sql, patient);
    const facts = await factsOf(sql, patient);
    const plan = planFor(facts, policy, whole.now());
    const tasks = await tasksOf(sql, patient);
    for (const id of visits) {
      const reference = `Appointment/${id}`;
      const about = rows.filter(row => row.tells.some(telling => telling.appointment === reference));
      wrong.push(...toldTwice(about, reference));
      const known =
        plan.notPlanned.some(one => one.about === reference && NEWS.includes(one.rule)) ||
        tasks.some(task => task.about.includes(reference)) ||
        about.some(row => row.state === 'planned' || (row.reason !== undefined && NEWS.includes(row.rule)));
      const visit = await read<Appointment>(whole, reference);
      const problem = problemOf(about, reference, patient, visit, whole.now());
      if (problem && !known) wrong.push(`${patient} ${problem}`);
    }
  }
  return wrong;
}

export const NEWS = ['booking-confirmation', 'change-notice'];

function toldTwice(rows: MessageRow[], reference: string): string[] {
  const news = rows
    .filter(row => WENT_OUT.includes(row.state) && NEWS.includes(row.rule))
    .sort((a, b) => byText(a.sentAt ?? '', b.sentAt ?? ''));
  const tellings = news.flatMap(row => row.tells.filter(one => one.appointment === reference).map(truth));
  return tellings.flatMap((one, i) => (i > 0 && one === tellings[i - 1] ? [`told the same twice: ${one}`] : []));
}

function problemOf(
  rows: MessageRow[],
  reference: string,
  patient: string,
  visit: Appointment | undefined,
  now: string,
) {
  const last = rows
    .filter(row => WENT_OUT.includes(row.state))
    .sort((a, b) => byText(a.sentAt ?? '', b.sentAt ?? ''))
    .at(-1)
    ?.tells.find(one => one.appointment === reference);
  const on = isOn(visit, patient) && (visit?.start ?? '') > now;
  if (!last) return on ? `was never told of ${reference}` : undefined;
  if (last.live && (last.start ?? '') > now && !isOn(visit, patient) && !OVER.includes(visit?.status ?? ''))
    return `believes that ${reference} is on at ${last.start}`;
  if (on && !last.live) return `believes that ${reference} is off`;
  if (on && last.start !== visit?.start) return `believes that ${reference} is at ${last.start}, not ${visit?.start}`;
  return undefined;
}

const OVER = ['arrived', 'checked-in', 'fulfilled', 'noshow', 'pending', 'proposed', 'waitlist'];
