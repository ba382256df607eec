import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isOpen, nextOpen, type OpeningHours, promisedBy } from '../../sync/domain/opening-hours.ts';
import { Clinic } from '../../sync/domain/policy/clinic.ts';
import { plusMs } from '../../sync/domain/time.ts';
import { shippedPolicy } from '../support/policy.ts';

const QUARTER = 15 * 60_000;
const WEEK: OpeningHours['hoursOfOperation'][number]['daysOfWeek'] = ['mon', 'tue', 'wed', 'thu', 'fri'];
const HOURS: OpeningHours = {
  zone: 'America/Chicago',
  hoursOfOperation: [{ daysOfWeek: WEEK, openingTime: '08:00', closingTime: '17:00' }],
  closedOn: ['2026-11-26'],
};
const NOON_CLOSED: OpeningHours = {
  ...HOURS,
  hoursOfOperation: [
    { daysOfWeek: WEEK, openingTime: '13:00', closingTime: '17:00' },
    { daysOfWeek: WEEK, openingTime: '08:00', closingTime: '12:00' },
  ],
};
const TWICE: OpeningHours = {
  ...HOURS,
  hoursOfOperation: [...HOURS.hoursOfOperation, { daysOfWeek: ['mon'], openingTime: '09:00', closingTime: '10:00' }],
};

describe('two hours of the time in which somebody is there', () => {
  it.each([
    ['in the morning', HOURS, '2026-11-23T16:00:00.000Z', true, '2026-11-23T18:00:00.000Z'],
    ['at the last hour', HOURS, '2026-11-23T22:30:00.000Z', true, '2026-11-24T15:30:00.000Z'],
    ['to the minute of closing', HOURS, '2026-11-23T21:00:00.000Z', true, '2026-11-23T23:00:00.000Z'],
    ['at closing', HOURS, '2026-11-23T23:00:00.000Z', false, '2026-11-24T16:00:00.000Z'],
    ['before opening', HOURS, '2026-11-23T12:00:00.000Z', false, '2026-11-23T16:00:00.000Z'],
    ['on the night of a holiday', HOURS, '2026-11-27T03:09:00.000Z', false, '2026-11-27T16:00:00.000Z'],
    ['on the eve of one', HOURS, '2026-11-25T22:00:00.000Z', true, '2026-11-27T15:00:00.000Z'],
    ['on Friday night', HOURS, '2026-11-28T01:00:00.000Z', false, '2026-11-30T16:00:00.000Z'],
    ['over noon', NOON_CLOSED, '2026-11-23T17:00:00.000Z', true, '2026-11-23T20:00:00.000Z'],
    ['at noon', NOON_CLOSED, '2026-11-23T18:30:00.000Z', false, '2026-11-23T21:00:00.000Z'],
    ['an hour written twice', TWICE, '2026-11-23T14:00:00.000Z', true, '2026-11-23T16:00:00.000Z'],
    ['over the change of clocks', HOURS, '2027-03-13T00:00:00.000Z', false, '2027-03-15T15:00:00.000Z'],
  ])('%s', (_, hours, now, open, promised) => {
    expect(isOpen(now, hours)).toBe(open);
    expect(promisedBy(now, hours)).toBe(promised);
  });

  it('a working day ends on the next', () =>
    expect(promisedBy('2026-11-23T16:00:00.000Z', HOURS, 'PT8H')).toBe('2026-11-24T15:00:00.000Z'));

  it('a practice that is never open again promises what it can', () => {
    const closedOn = Array.from({ length: 500 }, (_, n) =>
      plusMs('2026-11-23T12:00:00.000Z', n * 86_400_000).slice(0, 10),
    );
    const never = { ...HOURS, closedOn };
    expect(nextOpen('2026-11-23T16:00:00.000Z', never)).toBeUndefined();
    expect(promisedBy('2026-11-23T16:00:00.000Z', never)).toBe('2026-11-23T18:00:00.000Z');
  });

  const moments = fc.integer({ min: 0, max: 366 * 96 }).map(n => plusMs('2026-06-01T00:00:00.000Z', n * QUARTER));
  it('nobody is promised an hour at which all are gone, and exactly two of their hours pass until then', () =>
    fc.assert(
      fc.property(moments, fc.constantFrom(HOURS, NOON_CLOSED, TWICE), (now, hours) => {
        const by = promisedBy(now, hours);
        let quarters = 0;
        for (let at = now; at < by; at = plusMs(at, QUARTER)) quarters += Number(isOpen(at, hours));
        expect(quarters).toBe(8);
        expect(isOpen(plusMs(by, -QUARTER), hours)).toBe(true);
      }),
      { numRuns: 20 },
    ));
});

describe('clinic.yaml', () => {
  const { clinic } = shippedPolicy();
  const problems = (hoursOfOperation: unknown, closedOn: unknown = []) =>
    Clinic.safeParse({ ...clinic, hoursOfOperation, closedOn }).error?.issues.map(({ path }) => path.join('.'));
  const nine = { daysOfWeek: ['mon'], openingTime: '09:00', closingTime: '17:00' };
  it.each<[string, ReturnType<typeof problems>, string[] | undefined]>([
    ['in order', problems([nine], ['2026-12-25']), undefined],
    ['never open', problems([]), ['hoursOfOperation']],
    ['closes before it opens', problems([{ ...nine, closingTime: '08:00' }]), ['hoursOfOperation.0.closingTime']],
    ['no such day', problems([{ ...nine, daysOfWeek: ['monday'] }]), ['hoursOfOperation.0.daysOfWeek.0']],
    ['no such hour', problems([{ ...nine, openingTime: '08.00' }]), ['hoursOfOperation.0.openingTime']],
    ['no such date', problems([nine], ['Christmas']), ['closedOn.0']],
  ])('%s', (_, found, expected) => expect(found).toEqual(expected));
});
