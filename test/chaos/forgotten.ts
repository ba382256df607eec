import type { Appointment } from '@medplum/fhirtypes';
import { diff } from '../../sync/domain/plan/diff.ts';
import type { Plan } from '../../sync/domain/plan/plan.ts';
import { planFor } from '../../sync/domain/plan/plan-for.ts';
import type { Policy } from '../../sync/domain/policy/policy.ts';
import type { Reason } from '../../sync/domain/reasons.ts';
import { byText } from '../../sync/domain/time.ts';
import { factsOf } from '../../sync/store/facts.ts';
import { messagesOf } from '../../sync/store/find-messages.ts';
import type { MessageRow } from '../../sync/store/message-row.ts';
import { tasksOf } from '../../sync/store/task.ts';
import { isOn, read, type Scene } from './check-send.ts';
import { patientsIn, truth, WENT_OUT } from './ending.ts';

/** Whoever was last told what is no longer so, and is neither about to be told nor owed a reason; what was said twice; and what the plan wants and the tables lack. */
export async function forgotten(whole: Scene, family: number, visits: string[], policy: Policy): Promise<string[]> {
  const { sql } = whole.database;
  const wrong: string[] = [];
  for (const patient of patientsIn(family)) {
    const facts = await factsOf(sql, patient);
    const plan = planFor(facts, policy, whole.now());
    wrong.push(...diff(plan, facts, whole.now()).map(change => `${patient} still waits for: ${nameOf(change)}`));
    const rows = await messagesOf(sql, patient);
    const tasks = (await tasksOf(sql, patient)).filter(task => task.state === 'open');
    for (const id of visits) {
      const reference = `Appointment/${id}`;
      const about = rows.filter(row => row.tells.some(telling => telling.appointment === reference));
      const visit = await read<Appointment>(whole, reference);
      const problem = problemOf(about, reference, patient, visit, whole.now());
      const isKnown =
        tasks.some(task => task.about.includes(reference)) ||
        about.some(row => isNews(row) && NOT_SAID.includes(row.state) && isTrue(row, reference, patient, visit)) ||
        excuses(plan, reference).some(reason => !NO_EXCUSE.includes(reason));
      wrong.push(...toldTwice(about, reference));
      if (problem && !isKnown)
        wrong.push(`${patient} ${problem} (${excuses(plan, reference).join(', ') || 'no reason'})`);
    }
  }
  return wrong;
}

export const NEWS = ['booking-confirmation', 'change-notice'];

const isNews = ({ rule }: MessageRow) => NEWS.includes(rule);

/** They say that nothing needs to be said: of no use to somebody who believes what is not so. */
const NO_EXCUSE: Reason[] = ['already-told', 'told-by-practice', 'rule-not-matching'];

/** Still to come, or ended without being heard and with the reason in the row. A reminder days later is no news. */
const NOT_SAID: MessageRow['state'][] = ['planned', 'failed', 'expired', 'dropped'];

const excuses = ({ notPlanned }: Plan, reference: string): Reason[] =>
  notPlanned.filter(one => one.about === reference && NEWS.includes(one.rule)).map(one => one.reason);

const nameOf = (change: ReturnType<typeof diff>[number]) =>
  `${change.act} ${'key' in change ? change.key : ('message' in change ? change.message : change.task).key}`;

function isTrue({ tells }: MessageRow, reference: string, patient: string, visit: Appointment | undefined): boolean {
  const on = isOn(visit, patient);
  return tells.some(one => one.appointment === reference && one.live === on && (!on || one.start === visit?.start));
}

function toldTwice(rows: MessageRow[], reference: string): string[] {
  const news = rows
    .filter(row => WENT_OUT.includes(row.state) && isNews(row))
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
