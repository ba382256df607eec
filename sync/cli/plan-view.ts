import type { Instant } from '../domain/clock.ts';
import type { PlannedMessage } from '../domain/plan/plan.ts';
import { wordsOf } from '../domain/plan/words.ts';
import type { Policy } from '../domain/policy/policy.ts';
import { REASONS, type Reason } from '../domain/reasons.ts';
import { localDate, localTime } from '../domain/time.ts';
import type { PlannedPatient } from './plan.ts';
import type { Input } from './plan-input.ts';
import { masked, type Out, plural } from './print.ts';

interface View {
  policy: Policy;
  now: Instant;
  words: boolean;
}

/** Messages that leave as one: same join key. */
const together = (messages: PlannedMessage[]): PlannedMessage[][] =>
  [...Map.groupBy(messages, message => message.joinKey ?? message.key).values()].sort((a, b) =>
    (a[0]?.sendAt ?? '') < (b[0]?.sendAt ?? '') ? -1 : 1,
  );

const waiting = (patients: PlannedPatient[]): PlannedMessage[] => {
  const gone = new Set(
    patients.flatMap(({ facts }) => facts.messages.filter(m => m.state !== 'planned').map(m => m.key)),
  );
  return patients.flatMap(({ plan }) => plan.messages).filter(message => !gone.has(message.key));
};

/** For people: a summary, then day by day, then what is not sent, then what could not be used. */
export function show(patients: PlannedPatient[], input: Input, view: View, out: Out): void {
  const batches = together(waiting(patients));
  const tasks = patients.flatMap(({ plan }) => plan.tasks);
  const visits = patients.flatMap(({ facts }) => facts.appointments).length;
  out.line(`As of ${view.now}: ${plural(patients.length, 'patient')}, ${plural(visits, 'visit')}.`);
  out.line(
    `${plural(batches.length, 'message')} to send, ${plural(tasks.length, 'Task')} to open, ${plural(input.findings.length, 'finding')}.`,
  );
  for (const [day, those] of Map.groupBy(batches, batch => dayOf(batch[0]))) {
    out.line(`\n${day}`);
    for (const batch of those) showBatch(batch, view, out);
  }
  if (tasks.length > 0) out.line('\nFor people');
  for (const task of tasks) out.line(`  ${task.code}, ${task.owner}, due ${task.dueAt}: ${task.says}`);
  showReasons(patients, out);
  if (input.findings.length > 0) out.line('\nCould not be used, or only in part');
  for (const { file, about, problem } of input.findings)
    out.line(`  ${file}: ${about === file ? '' : `${about}: `}${problem}`);
}

const zoneOf = (message: PlannedMessage | undefined) => message?.zones[0] ?? 'UTC';
const dayOf = (message: PlannedMessage | undefined) => localDate(message?.sendAt ?? '', zoneOf(message));

function showBatch(batch: PlannedMessage[], { policy, now, words }: View, out: Out): void {
  const [first] = batch;
  if (!first) return;
  const people = [...new Set(batch.map(message => message.patient))].join(', ');
  const about = batch.flatMap(message => message.tells.map(telling => telling.appointment));
  out.line(
    `  ${localTime(first.sendAt, zoneOf(first))}  ${first.rule}, ${first.medium} ${masked(first.address)} (${first.language}), ${people}, about ${[...new Set(about)].join(', ')}`,
  );
  if (!words) return;
  const rendered = wordsOf(batch, policy, now, first.blanks ?? {});
  out.line(`         ${'body' in rendered ? rendered.body : `Would not be sent: ${REASONS[rendered.cannot]}`}`);
}

/** Grouped by reason: a wall of lines explains nothing. */
function showReasons(patients: PlannedPatient[], out: Out): void {
  const all = patients.flatMap(({ plan }) => plan.notPlanned).filter(one => one.reason !== 'rule-off');
  if (all.length === 0) return;
  out.line('\nNot sent, and why');
  for (const [reason, those] of Map.groupBy(all, one => one.reason)) {
    out.line(`  ${REASONS[reason]} (${reason})`);
    for (const [about, some] of Map.groupBy(those, one => one.about))
      out.line(`    ${about}: ${some.map(one => one.rule).join(', ')}`);
  }
}

/** Stable: `{now, patients, messages[], tasks[], notPlanned[], findings[]}`; addresses are masked here too. */
export function asJson(patients: PlannedPatient[], input: Input, policy: Policy, now: Instant) {
  return {
    now,
    patients: patients.length,
    messages: together(waiting(patients)).flatMap(batch => {
      const rendered = wordsOf(batch, policy, now, batch[0]?.blanks ?? {});
      return batch.map(
        ({ key, patient, rule, text, language, medium, address, sendAt, sendBefore, tells, joinKey }) => ({
          key,
          patient,
          rule,
          text,
          language,
          medium,
          to: masked(address),
          sendAt,
          sendBefore,
          about: tells.map(telling => telling.appointment),
          joined: joinKey !== undefined && batch.length > 1,
          words: 'body' in rendered ? rendered.body : undefined,
        }),
      );
    }),
    tasks: patients.flatMap(({ plan }) => plan.tasks),
    notPlanned: patients.flatMap(({ plan }) =>
      plan.notPlanned.map(one => ({ ...one, because: REASONS[one.reason as Reason] })),
    ),
    findings: input.findings,
  };
}
