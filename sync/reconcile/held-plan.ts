import type { Instant } from '../domain/clock.ts';
import type { Reference } from '../domain/facts/fact.ts';
import { type Change, diff } from '../domain/plan/diff.ts';
import type { PatientFacts } from '../domain/plan/facts.ts';
import type { Plan } from '../domain/plan/plan.ts';
import { REASONS } from '../domain/reasons.ts';
import { byText } from '../domain/time.ts';
import type { Sql } from '../store/database.ts';

/** What the brake keeps from happening about one visit. */
export interface HeldPlan {
  brake: number;
  would: { act: Change['act']; rule: string; at?: Instant; because?: string }[];
}

/** `would …`, for people. */
export const WOULD = {
  create: 'be planned',
  revise: 'be worded anew',
  revive: 'be planned again',
  withdraw: 'be withdrawn',
  expire: 'be dropped as too late',
  open: 'be opened',
  reword: 'be worded anew',
  close: 'be closed',
} as const satisfies Record<Change['act'], string>;

interface Held {
  patient: Reference;
  appointment: Reference;
  facts: PatientFacts;
  plan: Plan;
  now: Instant;
}

/** Undefined while no brake holds this patient. */
export async function heldPlan(
  sql: Sql,
  { patient, appointment, facts, plan, now }: Held,
): Promise<HeldPlan | undefined> {
  const row = await sql.selectFrom('patient').select('brake').where('reference', '=', patient).executeTakeFirst();
  if (row?.brake == null) return undefined;
  const would = diff(plan, facts, now)
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
