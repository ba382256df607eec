import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { maySendAt, nextSendingTime, previousSendingTime } from '../../sync/domain/sending-hours.ts';
import { localDate, localTime, plusMs } from '../../sync/domain/time.ts';

const HOURS = { weekday: { from: '09:00', until: '20:00' }, sunday: { from: '12:00', until: '20:00' } };
const CHICAGO = ['America/Chicago'];

describe('may a message leave', () => {
  it.each([
    ['a minute too early', '2026-11-21T14:59:00.000Z', CHICAGO, false],
    ['at nine', '2026-11-21T15:00:00.000Z', CHICAGO, true],
    ['in the last minute', '2026-11-22T01:59:59.999Z', CHICAGO, true],
    ['at the end', '2026-11-22T02:00:00.000Z', CHICAGO, false],
    ['on Sunday morning', '2026-11-22T15:00:00.000Z', CHICAGO, false],
    ['on Sunday at noon', '2026-11-22T18:00:00.000Z', CHICAGO, true],
    ['while one of two zones is asleep', '2026-11-21T15:30:00.000Z', ['America/Chicago', 'America/Denver'], false],
    ['once both are awake', '2026-11-21T16:00:00.000Z', ['America/Chicago', 'America/Denver'], true],
  ])('%s', (_, at, zones, expected) => expect(maySendAt(at, zones, HOURS)).toBe(expected));
});

describe('the next hour, and the last one before', () => {
  it.each([
    ['now', '2026-11-21T16:00:00.000Z', CHICAGO, '2026-11-21T16:00:00.000Z', '2026-11-21T16:00:00.000Z'],
    ['at night', '2026-11-24T08:00:00.000Z', CHICAGO, '2026-11-24T15:00:00.000Z', '2026-11-24T01:59:00.000Z'],
    ['Saturday night', '2026-11-22T03:00:00.000Z', CHICAGO, '2026-11-22T18:00:00.000Z', '2026-11-22T01:59:00.000Z'],
    ['Sunday morning', '2026-11-22T16:00:00.000Z', CHICAGO, '2026-11-22T18:00:00.000Z', '2026-11-22T01:59:00.000Z'],
    [
      'the night spring begins',
      '2027-03-14T08:30:00.000Z',
      CHICAGO,
      '2027-03-14T17:00:00.000Z',
      '2027-03-14T01:59:00.000Z',
    ],
    [
      'the night autumn begins',
      '2026-11-01T06:30:00.000Z',
      CHICAGO,
      '2026-11-01T18:00:00.000Z',
      '2026-11-01T00:59:00.000Z',
    ],
    [
      'in two zones',
      '2026-11-24T08:00:00.000Z',
      ['America/New_York', 'America/Los_Angeles'],
      '2026-11-24T17:00:00.000Z',
      '2026-11-24T00:59:00.000Z',
    ],
  ])('%s', (_, at, zones, next, previous) => {
    expect(nextSendingTime(at, zones, HOURS)).toBe(next);
    expect(previousSendingTime(at, zones, HOURS)).toBe(previous);
  });

  it('is none where two zones share no hour', () => {
    const zones = ['America/Chicago', 'Asia/Kolkata'];
    const narrow = { weekday: { from: '09:00', until: '12:00' }, sunday: { from: '09:00', until: '12:00' } };
    expect(nextSendingTime('2026-11-24T08:00:00.000Z', zones, narrow)).toBeUndefined();
    expect(previousSendingTime('2026-11-24T08:00:00.000Z', zones, narrow)).toBeUndefined();
  });
});

const moments = fc.integer({ min: 0, max: 2 * 366 * 1440 }).map(m => plusMs('2026-01-01T00:00:00.000Z', m * 60_000));
const places = fc.uniqueArray(
  fc.constantFrom('America/Chicago', 'America/Denver', 'America/Phoenix', 'America/New_York', 'Pacific/Honolulu'),
  { minLength: 1, maxLength: 3 },
);

it('is always permitted, never on the wrong side, and nothing nearer was', () =>
  fc.assert(
    fc.property(moments, places, (at, zones) => {
      const [next, previous] = [nextSendingTime(at, zones, HOURS), previousSendingTime(at, zones, HOURS)];
      if (!next || !previous) throw new Error('American zones share hours.');
      expect(next >= at && previous <= at).toBe(true);
      expect(maySendAt(next, zones, HOURS) && maySendAt(previous, zones, HOURS)).toBe(true);
      for (let between = plusMs(previous, 60_000); between < next; between = plusMs(between, 30 * 60_000))
        expect(between === at || !maySendAt(between, zones, HOURS), between).toBe(true);
      for (const zone of zones) expect(localTime(next, zone) >= '09:00', localDate(next, zone)).toBe(true);
    }),
    { numRuns: 60 },
  ));
