import type { Instant } from '../domain/clock.ts';
import type { PlannedMessage, PlannedTask } from '../domain/plan/plan.ts';
import type { Policy } from '../domain/policy/policy.ts';
import { byText, localDate } from '../domain/time.ts';
import type { Fate } from './fate.ts';
import type { Input } from './plan-input.ts';
import { showFindings, showReasons } from './plan-view-reasons.ts';
import { type PlannedPatient, peopleIn, tasksAhead } from './planned-patient.ts';
import { counts, dayName, localHour, localMoment, masked, type Out, placeName, plural, some, tally } from './print.ts';

export interface View {
  policy: Policy;
  now: Instant;
  words: boolean;
  /** Every message and every record, however many there are. */
  list: boolean;
}

/** Messages beyond these are shown as counts: the first days matter most. */
const ENOUGH = 30;

/** For people: a summary, then day by day, then what is not sent and why, then what could not be used. */
export function show(
  patients: PlannedPatient[],
  fates: Fate[],
  { findings, setAside }: Pick<Input, 'findings' | 'setAside'>,
  view: View,
  out: Out,
): void {
  const { now, policy } = view;
  const tasks = patients.flatMap(tasksAhead);
  const visits = new Set(patients.flatMap(({ facts }) => facts.appointments.map(one => one.fact.reference)));
  out.line(`Dry run as of ${localMoment(now, policy.clinic.zone)} (${policy.clinic.zone}). Nothing is sent.`);
  out.line(`${plural(peopleIn(patients), 'patient')}, ${plural(visits.size, 'visit')}.`);
  out.line(
    `${messageCounts(fates)}, ${plural(tasks.length, 'Task')} to open, ${plural(findings.length, 'finding')} about the data.`,
  );
  showDays(fates.filter(isLeaving), view, out);
  showTasks(tasks, view, out);
  showReasons(patients, fates, view.list, out);
  showFindings(findings, view.list, out);
  if (setAside.length > 0)
    out.line(
      `\nSet aside, because it decides nothing about messages: ${counts(tally(setAside.map(one => one.type)))}.`,
    );
  if (view.list) for (const one of setAside) out.line(`  ${one.about} in ${placeName(one)}`);
}

/** A message is about one rule and one patient, here as in `status` and `brakes`; some leave together. */
function messageCounts(fates: Fate[]): string {
  const leaving = fates.filter(isLeaving);
  const [sent, kept] = [leaving, fates.filter(fate => !isLeaving(fate))].map(
    those => those.flatMap(fate => fate.batch).length,
  ) as [number, number];
  const together = leaving.length < sent ? ` (some leave together, as ${leaving.length})` : '';
  return `${plural(sent, 'message')} to send${together}${kept > 0 ? `, ${kept} that would not leave` : ''}`;
}

type Leaving = Extract<Fate, { at: Instant }>;
const isLeaving = (fate: Fate): fate is Leaving => 'at' in fate;

function showDays(leaving: Leaving[], view: View, out: Out): void {
  let room = view.list ? Number.POSITIVE_INFINITY : ENOUGH;
  const days = [...Map.groupBy(leaving, dayOf)].sort(([a], [b]) => byText(a, b));
  if (days.length > 0) out.line('\nTo be sent, soonest first, each at the hour on the wall of whoever reads it');
  for (const [day, those] of days) {
    out.line(`${dayName(day)}: ${counts(tally(those.flatMap(fate => fate.batch.map(message => message.rule))))}`);
    for (const fate of those.slice(0, room)) showLeaving(fate, view, out);
    if (room > 0 && those.length > room) out.line(`  and ${those.length - room} more`);
    room = Math.max(0, room - those.length);
  }
  if (room === 0) out.line('(`--list` shows every message.)');
}

const zoneOf = (message: PlannedMessage | undefined) => message?.zones[0] ?? 'UTC';
const dayOf = ({ batch, at }: Leaving) => localDate(at, zoneOf(batch[0]));

/** The hour on the reader's wall; the hour of the visit on the wall of its place. */
function showLeaving({ batch, at, body }: Leaving, { words, list }: View, out: Out): void {
  const [first] = batch;
  if (!first) return;
  const zone = zoneOf(first);
  const who = some(
    batch.map(message => message.patient),
    true,
  );
  const about = batch.flatMap(message => message.tells.map(tells => aboutVisit(tells)));
  const late = at > first.sendAt ? `; its hour was ${localMoment(first.sendAt, zone)}` : '';
  out.line(
    `  ${localHour(at, zone)}  ${first.rule}, ${first.medium} ${masked(first.address)} (${first.language}), ${who}, about ${some(about, list)}${late}`,
  );
  if (words) for (const line of body.split('\n')) out.line(`         ${line}`.trimEnd());
}

const aboutVisit = ({ appointment, start, zone }: PlannedMessage['tells'][number]): string =>
  start ? `${appointment} on ${localMoment(start, zone)}` : appointment;

/** What staff read names the patient, so it is shown with the words only. */
function showTasks(tasks: PlannedTask[], { policy, words, list }: View, out: Out): void {
  if (tasks.length > 0) out.line('\nFor people to do');
  for (const { code, owner, dueAt, about, patient, says } of tasks) {
    const due = localMoment(dueAt, policy.clinic.zone);
    out.line(`  ${code}, ${owner}, due ${due}, ${patient}, about ${some(about, list)}`);
    if (words) out.line(`         ${says}`);
  }
}
