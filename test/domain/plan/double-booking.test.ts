import { describe, expect, it } from 'vitest';
import { planFor } from '../../../sync/domain/plan/plan-for.ts';
import { wordsOf } from '../../../sync/domain/plan/words.ts';
import { settle } from '../../support/apply.ts';
import { facts, visit } from '../../support/facts.ts';
import { shippedPolicy } from '../../support/policy.ts';
import { FRIDAY, messageOf, NOON, taskOf } from '../../support/scene.ts';

const policy = shippedPolicy();
const MESA = { locations: ['Location/location-mesa'] };
const AT_TEN_THIRTY = '2026-11-27T16:30:00.000Z';
const both = (options: Parameters<typeof visit>[1] = MESA, start = FRIDAY, changes = {}) =>
  facts({
    appointments: [
      visit(FRIDAY, { end: '2026-11-27T17:00:00.000Z', ...changes }),
      visit(start, { id: 'two', ...options }),
    ],
  });
const task = (found = both(), now = NOON) => taskOf(planFor(found, policy, now), 'double-booking');

describe('two places at one hour', () => {
  it('a reminder names both', () => {
    const message = messageOf(planFor(both(), policy, NOON), 'reminder-48h');
    const words = message && wordsOf([message], policy, NOON);
    const body = words && 'body' in words ? words.body : '';
    expect(body).toContain('at Riverside');
    expect(body).toContain('at Mesa');
  });

  it('opens a Task, for somebody has to find out', () => {
    expect(task()).toMatchObject({ code: 'double-booking', about: ['Appointment/one', 'Appointment/two'] });
    expect(task()?.says).toContain(
      'hours: Fri, Nov 27, 10:00 AM CT at Riverside, and Fri, Nov 27, 9:00 AM MT at Mesa. Find',
    );
  });

  it('says which is by video', () =>
    expect(task(both({ telehealth: true }))?.says).toContain('Fri, Nov 27, 10:00 AM CT by video.'));

  it.each([
    ['overlapping', both(MESA, AT_TEN_THIRTY), true],
    ['one by video', both({ telehealth: true }), true],
    ['one after the other', both(MESA, '2026-11-27T17:00:00.000Z'), false],
    ['at one place', both({}), false],
    ['both by video', both({ telehealth: true }, FRIDAY, { telehealth: true }), false],
    ['one is off', both({ ...MESA, status: 'cancelled' }), false],
  ])('%s', (_, found, opens) => expect(task(found) !== undefined).toBe(opens));

  it('waits for the record to settle, and looks again', () => {
    const found = both({ ...MESA, imported: false, changedAt: NOON });
    expect(task(found)).toBeUndefined();
    expect(planFor(found, policy, NOON).lookAgainAt).toBe('2026-11-23T18:10:00.000Z');
    expect(task(found, '2026-11-23T18:10:00.000Z')).toBeDefined();
  });

  it('closes when one of them is off, and says why', () => {
    const open = settle(both(), policy, NOON).facts;
    const { appointments } = both({ ...MESA, status: 'cancelled', changedAt: NOON });
    expect(settle({ ...open, appointments }, policy, NOON).changes).toContainEqual(
      expect.objectContaining({ act: 'close', reason: 'visit-cancelled' }),
    );
  });
});
