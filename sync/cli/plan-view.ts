import type { Instant } from '../domain/clock.ts';
import type { PlannedMessage, PlannedTask } from '../domain/plan/plan.ts';
import { wordsOf } from '../domain/plan/words.ts';
import type { Policy } from '../domain/policy/policy.ts';
import { REASONS } from '../domain/reasons.ts';
import { byText, localDate } from '../domain/time.ts';
import type { FileFinding } from './fhir-files.ts';
import type { Input } from './plan-input.ts';
import { batchesOf, type PlannedPatient, silentVisits, tasksAhead } from './planned-patient.ts';
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
  { findings, setAside }: Pick<Input, 'findings' | 'setAside'>,
  view: View,
  out: Out,
): void {
  const { now, policy } = view;
  const batches = batchesOf(patients);
  const tasks = patients.flatMap(tasksAhead);
  const visits = new Set(patients.flatMap(({ facts }) => facts.appointments.map(one => one.fact.reference)));
  out.line(`Dry run as of ${localMoment(now, policy.clinic.zone)} (${policy.clinic.zone}). Nothing is sent.`);
  out.line(`${plural(patients.length, 'patient')}, ${plural(visits.size, 'visit')}.`);
  out.line(
    `${plural(batches.length, 'message')} to send, ${plural(tasks.length, 'Task')} to open, ${plural(findings.length, 'finding')} about the data.`,
  );
  showDays(batches, view, out);
  showTasks(tasks, view, out);
  showReasons(patients, view, out);
  showFindings(findings, view, out);
  if (setAside.length > 0)
    out.line(
      `\nSet aside, because it decides nothing about messages: ${counts(tally(setAside.map(one => one.type)))}.`,
    );
  if (view.list) for (const one of setAside) out.line(`  ${one.about} in ${placeName(one)}`);
}

function showDays(batches: PlannedMessage[][], view: View, out: Out): void {
  let room = view.list ? Number.POSITIVE_INFINITY : ENOUGH;
  const days = [...Map.groupBy(batches, batch => dayOf(batch[0]))].sort(([a], [b]) => byText(a, b));
  if (days.length > 0) out.line('\nTo be sent, soonest first, each at the hour on the wall of whoever reads it');
  for (const [day, those] of days) {
    out.line(`${dayName(day)}: ${counts(tally(those.map(batch => batch[0]?.rule ?? '')))}`);
    for (const batch of those.slice(0, room)) showBatch(batch, view, out);
    if (room > 0 && those.length > room) out.line(`  and ${those.length - room} more`);
    room = Math.max(0, room - those.length);
  }
  if (room === 0) out.line('(`--list` shows every message.)');
}

const zoneOf = (message: PlannedMessage | undefined) => message?.zones[0] ?? 'UTC';
const dayOf = (message: PlannedMessage | undefined) => localDate(message?.sendAt ?? '', zoneOf(message));

/** The hour on the reader's wall; the hour of the visit on the wall of its place. */
function showBatch(batch: PlannedMessage[], { policy, now, words, list }: View, out: Out): void {
  const [first] = batch;
  if (!first) return;
  const who = some(
    batch.map(message => message.patient),
    true,
  );
  const about = batch.flatMap(message => message.tells.map(tells => aboutVisit(tells)));
  out.line(
    `  ${localHour(first.sendAt, zoneOf(first))}  ${first.rule}, ${first.medium} ${masked(first.address)} (${first.language}), ${who}, about ${some(about, list)}`,
  );
  if (!words) return;
  const rendered = wordsOf(batch, policy, now, first.blanks ?? {});
  const shown = 'body' in rendered ? rendered.body : `Would not be sent: ${REASONS[rendered.cannot]}`;
  for (const line of shown.split('\n')) out.line(`         ${line}`.trimEnd());
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

/** By reason, and within it by the rules it silenced; what is switched off explains itself. */
function showReasons(patients: PlannedPatient[], { list }: View, out: Out): void {
  const all = patients.flatMap(one => [...one.plan.notPlanned, ...silentVisits(one)]);
  const byReason = [...Map.groupBy(all, one => one.reason)].filter(([reason]) => reason !== 'rule-off');
  if (byReason.length > 0) out.line('\nNot sent, and why');
  for (const [reason, those] of byReason.sort(([, a], [, b]) => b.length - a.length)) {
    out.line(`  ${REASONS[reason]} (${reason})`);
    const byVisit = [...Map.groupBy(those, one => one.about)].map(([about, silenced]) => ({
      about,
      rules: [...new Set(silenced.map(one => one.rule ?? 'every rule'))].sort(byText).join(', '),
    }));
    for (const [rules, visits] of Map.groupBy(byVisit, one => one.rules))
      out.line(`    ${rules}: ${namesOf(visits, list)}`);
  }
}

const namesOf = (visits: { about: string }[], list: boolean): string =>
  some(
    visits.map(one => one.about),
    list,
    4,
  );

/** One sentence holds for many records: said once, with the records and their files under it. */
function showFindings(findings: FileFinding[], { list }: View, out: Out): void {
  if (findings.length > 0) out.line('\nCould not be used, or only in part');
  for (const [problem, those] of Map.groupBy(findings, one => one.problem)) {
    out.line(`  ${problem}`);
    const places = those.map(one => (one.about === one.file ? placeName(one) : `${one.about} in ${placeName(one)}`));
    const few = list ? places.length : 6;
    for (const place of places.slice(0, few)) out.line(`    ${place}`);
    if (places.length > few) out.line(`    and ${places.length - few} more (\`--list\` names them)`);
  }
}
