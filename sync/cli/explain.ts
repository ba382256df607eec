import { readConfig } from '../config.ts';
import { type Explanation, explain, type PatientExplanation } from '../reconcile/explain.ts';
import { type HeldPlan, WOULD } from '../reconcile/held-plan.ts';
import { policyInForce } from '../reconcile/policy-in-force.ts';
import type { Database } from '../store/database.ts';
import { DatabaseInUse } from '../store/folder-lock.ts';
import { EXIT } from './exit-codes.ts';
import { Failure } from './failure.ts';
import { withDatabase } from './open.ts';
import { hasPlanned } from './plan-database.ts';
import { policyOf } from './policy-of.ts';
import { presentOf, zoneOf } from './present.ts';
import { localMoment, type Out } from './print.ts';

/** "Why was this sent, or not sent?", for every candidate message about one visit. */
export async function runExplain(appointment: string, { json }: { json?: boolean }, out: Out): Promise<void> {
  if (!/^Appointment\/[A-Za-z0-9\-.]{1,64}$/.test(appointment))
    throw new Failure(`\`${appointment}\` is no reference to a visit; write it as Appointment/123.`, EXIT.usage);
  const explanation = await ask(appointment, out);
  if (!explanation) throw new Failure(`The service has never seen ${appointment}.`);
  if (json) return out.line(JSON.stringify(explanation));
  const { zone } = policyOf(readConfig()).policy.clinic;
  for (const patient of explanation.patients) show(patient, zone, out);
}

/** The embedded database belongs to one process: while the demonstration runs, it is asked instead. */
async function ask(appointment: string, out: Out): Promise<Explanation | undefined> {
  try {
    return await withDatabase(database => explainHere(database, appointment, out), { mustExist: true });
  } catch (error) {
    if (!(error instanceof DatabaseInUse)) throw error;
    return askTheRunning(appointment, error);
  }
}

async function explainHere(database: Database, appointment: string, out: Out): Promise<Explanation | undefined> {
  const policy = policyInForce(database).current;
  const { now, note } = await presentOf(database.sql, await zoneOf(database.sql));
  if (note) out.aside(note);
  const explanation = await explain({ database, policy, clock: () => now }, appointment);
  if (!explanation && !(await hasPlanned(database)))
    throw new Failure(
      `The service has never seen ${appointment}: it has read nobody's record yet. Start it, or \`sweep\`; \`plan --list\` shows before that what would be sent.`,
    );
  return explanation;
}

async function askTheRunning(appointment: string, why: Error): Promise<Explanation | undefined> {
  // On this very machine, whatever address it has for others.
  const { LOOPKEEPER_PORT: port } = readConfig().environment;
  const url = `http://127.0.0.1:${port}/explain/${appointment}`;
  const response = await fetch(url, { headers: { accept: 'application/json' } }).catch(() => undefined);
  if (response?.status === 404 && response.headers.get('x-explains') === 'yes') return undefined;
  if (!response?.ok) throw new Failure(why.message);
  return (await response.json()) as Explanation;
}

export function show(
  { patient, now, told, messages, notPlanned, tasks, held, history }: PatientExplanation,
  zone: string,
  out: Out,
): void {
  const when = (at: string | undefined) => (at ? localMoment(at, zone) : 'no time');
  out.line(`${patient} (hours of ${zone})`);
  out.line(`  The EHR says: ${now.deleted ? 'deleted' : now.status}, ${when(now.start)}.`);
  const knows = told && (told.live ? when(told.start) : 'that it is off');
  out.line(
    told
      ? `  The patient was told: ${knows}, by ${told.by === 'us' ? 'us' : 'the practice itself'}, ${when(told.at)}.`
      : '  The patient was told nothing yet.',
  );
  for (const m of messages)
    out.line(`  ${when(m.at)}  ${m.rule}: ${m.state} (${m.text}, ${m.medium})${m.because ? `. ${m.because}` : ''}`);
  if (held) showHeld(held, when, out);
  for (const one of notPlanned) out.line(`  not planned               ${one.rule}: ${one.because}`);
  for (const task of tasks) out.line(`  Task ${task.state}, due ${when(task.dueAt)}: ${task.says}`);
  if (history.length > 0) out.line('  Step by step:');
  for (const step of history)
    out.line(`    ${when(step.at)}  ${step.rule ?? ''}: ${step.what}${step.reason ? ` (${step.reason})` : ''}`);
}

function showHeld({ brake, would }: HeldPlan, when: (at: string) => string, out: Out): void {
  out.line(
    `  Brake ${brake} holds this patient's plan, until somebody looks at it: \`brakes\`, then \`release ${brake}\`.`,
  );
  if (would.length === 0) out.line('    About this visit it holds nothing back.');
  for (const { act, rule, at, because } of would)
    out.line(`    ${at ? when(at) : 'then'}  ${rule}: would ${WOULD[act]}${because ? `. ${because}` : ''}`);
}
