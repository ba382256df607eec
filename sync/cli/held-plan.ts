import type { Clock, Instant } from '../domain/clock.ts';
import type { Reference } from '../domain/facts/fact.ts';
import { type Change, diff } from '../domain/plan/diff.ts';
import type { PatientFacts } from '../domain/plan/facts.ts';
import { planFor } from '../domain/plan/plan-for.ts';
import type { Policy } from '../domain/policy/policy.ts';
import { REASONS } from '../domain/reasons.ts';
import { byText } from '../domain/time.ts';
import type { Database } from '../store/database.ts';
import { factsOf } from '../store/facts.ts';

/** What the brake keeps from happening about one visit. */
export interface HeldPlan {
  brake: number;
  would: { act: Change['act']; rule: string; at?: Instant; because?: string }[];
}

/** Undefined while no brake holds this patient. */
export async function heldPlan(
  { sql }: Database,
  policy: Policy,
  clock: Clock,
  patient: Reference,
  appointment: Reference,
): Promise<HeldPlan | undefined> {
  const row = await sql.selectFrom('patient').select('brake').where('reference', '=', patient).executeTakeFirst();
  if (row?.brake == null) return undefined;
  const facts = await factsOf(sql, patient);
  const changes = diff(planFor(facts, policy, clock()), facts, clock());
  const would = changes
    .filter(change => aboutOf(change, facts).includes(appointment))
    .map(wordsOf)
    .sort((a, b) => byText(a.at ?? '', b.at ?? ''));
  return { brake: Number(row.brake), would };
}

function aboutOf(change: Change, { messages, tasks }: PatientFacts): Reference[] {
  if ('message' in change) return change.message.tells.map(telling => telling.appointment);
  if ('task' in change) return change.task.about;
  const message = messages.find(one => one.key === change.key);
  return message?.tells.map(telling => telling.appointment) ?? tasks.find(one => one.key === change.key)?.about ?? [];
}

function wordsOf(change: Change): HeldPlan['would'][number] {
  const { act } = change;
  if ('message' in change) return { act, rule: change.message.rule, at: change.message.sendAt };
  if ('task' in change) return { act, rule: `Task ${change.task.code}`, at: change.task.opensAt };
  return {
    act,
    rule: change.key.split('|')[1] ?? '',
    ...('reason' in change ? { because: REASONS[change.reason] } : {}),
  };
}
