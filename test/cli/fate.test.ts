import { describe, expect, it } from 'vitest';
import { fatesOf } from '../../sync/cli/fate.ts';
import { type PlanOptions, runPlan } from '../../sync/cli/plan.ts';
import { readInput } from '../../sync/cli/plan-input.ts';
import { planJson } from '../../sync/cli/plan-json.ts';
import { show } from '../../sync/cli/plan-view.ts';
import { planned } from '../../sync/cli/planned-patient.ts';
import { shippedPolicy } from '../support/policy.ts';
import { listener, PATIENT, scratch, VISIT } from './hears.ts';

const { file } = scratch();
const policy = shippedPolicy();
/** Thanksgiving evening, an hour into the night's quiet. */
const NIGHT = '2026-11-26T21:10:00-06:00';
const NOON = '2026-11-26T12:00:00-06:00';

const visitAt = (start: string, id = 'visit') => ({ ...VISIT, id, start, end: undefined });
const bundle = (...resources: unknown[]) => {
  const entry = [PATIENT, ...resources].map(resource => ({ resource }));
  return [file(`${Math.abs(hash(resources))}.json`, { resourceType: 'Bundle', type: 'collection', entry })];
};
const hash = (value: unknown) => [...JSON.stringify(value)].reduce((sum, c) => (sum * 31 + c.charCodeAt(0)) | 0, 7);

async function plan(from: string[], options: PlanOptions): Promise<string> {
  const out = listener();
  await runPlan({ from, asNew: true, ...options }, out);
  return out.text();
}
const messages = async (from: string[], now: string) => JSON.parse(await plan(from, { now, json: true })).messages;

describe('what has to leave by night', () => {
  const early = bundle(visitAt('2026-11-27T08:00:00-06:00'));
  const later = bundle(visitAt('2026-11-30T10:00:00-06:00'));

  it('is not among what is sent when its last hour is over before the night is', async () => {
    const said = await plan(early, { now: NIGHT });
    expect(said).not.toMatch(/^ {2}\d\d:\d\d CST {2}(reminder|booking)/m);
    expect(said).toMatch(/\n0 messages to send, [1-9]\d* that would not leave/);
    expect(said).toMatch(
      /\nNot sent, and why\n[\s\S]*It is night where the patient lives\. \(quiet-hours\)\n {4}.*: Appointment\/visit/,
    );
    const [one] = await messages(early, NIGHT);
    expect(one).toMatchObject({ cannot: 'quiet-hours' });
    expect(one).not.toHaveProperty('leavesAt');
  });

  it('waits for the morning where there is time, and says what its hour was', () => {
    const input = readInput(later, policy.clinic);
    const now = '2026-11-27T03:10:00.000Z';
    const due = { sendAt: '2026-11-27T01:59:00.000Z', sendBefore: '2026-11-28T16:00:00.000Z' };
    const patients = planned(input, policy, now, true).patients.map(({ facts, plan }) => ({
      facts,
      plan: { ...plan, messages: plan.messages.slice(0, 1).map(message => ({ ...message, ...due })) },
    }));
    const fates = fatesOf(patients, policy, now);
    const [message] = planJson(patients, fates, input, { now, words: false }).messages;
    expect(message).toMatchObject({ sendAt: due.sendAt, leavesAt: '2026-11-27T15:00:00.000Z' });
    const out = listener();
    show(patients, fates, input, { policy, now, words: false, list: false }, out);
    expect(out.text()).toMatch(/\nFri 2026-11-27: .*\n {2}09:00 CST .*; its hour was Thu 2026-11-26 19:59 CST/);
  });

  it('leaves by day at the hour it has', async () => {
    for (const one of await messages(later, NOON)) expect(one.leavesAt).toBe(one.sendAt);
  });
});

describe('words', () => {
  it('that the gate would keep back are not shown as sent', async () => {
    const named = { ...PATIENT, name: [{ given: ['https://evil.example/x'], family: 'Zzcanary' }] };
    const from = [file('named.json', named), file('v.json', VISIT)];
    const said = await plan(from, { now: NOON, words: true });
    expect(said).not.toMatch(/evil\.example/);
    expect(said).toMatch(/The text would say something this medium may not carry\. \(content-forbidden\)/);
    expect(await messages(from, NOON)).toContainEqual(expect.objectContaining({ cannot: 'content-forbidden' }));
  });
});

describe('caps', () => {
  const busy = Array.from({ length: 9 }, (_, i) =>
    visitAt(`2026-12-${String(i + 3).padStart(2, '0')}T10:00:00-06:00`, `v${i}`),
  );
  const fates = fatesOf(
    planned(readInput(bundle(...busy), policy.clinic), policy, NOON, true).patients,
    policy,
    '2026-11-26T18:00:00.000Z',
  );
  const leaving = fates.flatMap(fate => ('at' in fate ? [fate] : []));

  it('hold for one address over all that leaves before', () => {
    const days = Map.groupBy(leaving, fate => fate.at.slice(0, 10));
    const { perDay, perWeek } = policy.clinic.caps;
    expect(Math.max(...[...days.values()].map(those => those.length))).toBeLessThanOrEqual(perDay);
    for (const { at } of leaving) {
      const week = leaving.filter(one => one.at <= at && Date.parse(one.at) > Date.parse(at) - 7 * 86_400_000);
      expect(week.length).toBeLessThanOrEqual(perWeek);
    }
    expect(fates.some(fate => 'cannot' in fate && /cap$/.test(fate.cannot))).toBe(true);
  });

  it('lose nothing: each message leaves, or has its reason', () => {
    const all = planned(readInput(bundle(...busy), policy.clinic), policy, NOON, true).patients.flatMap(
      one => one.plan.messages,
    );
    expect(fates.flatMap(fate => fate.batch.map(message => message.key)).sort()).toEqual(
      all.map(one => one.key).sort(),
    );
  });
});
