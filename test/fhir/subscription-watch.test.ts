import { describe, expect, it, test } from 'vitest';
import { hearingFrom, type Look, type Watched, watch } from '../../sync/fhir/subscribe/watch.ts';

const NOW = '2026-11-23T16:00:00.000Z';
const ago = (minutes: number) => new Date(Date.parse(NOW) - minutes * 60_000).toISOString();
const look = (more: Partial<Look> = {}): Look => ({
  criteria: 'Appointment?',
  state: 'active',
  byHook: 0,
  byPoll: 0,
  ...more,
});
const was = (more: Partial<Watched> = {}): Watched => ({
  criteria: 'Appointment?',
  state: 'active',
  since: ago(60),
  attempts: 0,
  ...more,
});

describe('One look at a Subscription', () => {
  it.each<[string, Look, Watched | undefined, Watched['state'], boolean]>([
    ['works', look(), undefined, 'active', false],
    ['is there no more', look({ state: 'missing' }), was(), 'missing', true],
    ['was given up by the EHR', look({ state: 'wrong' }), was(), 'wrong', true],
    ['is only just asked for', look({ state: 'waiting' }), undefined, 'waiting', false],
    [
      'has waited for nine minutes',
      look({ state: 'waiting' }),
      was({ state: 'waiting', since: ago(9) }),
      'waiting',
      false,
    ],
    [
      'has waited for ten minutes',
      look({ state: 'waiting' }),
      was({ state: 'waiting', since: ago(10) }),
      'waiting',
      true,
    ],
    ['was active and is asked for anew', look({ state: 'waiting' }), was({ since: ago(500) }), 'waiting', false],
    ['is quiet, as is the practice', look({ byPoll: 2 }), was(), 'active', false],
    ['is silent while things happen', look({ byPoll: 3 }), was(), 'silent', true],
    ['loses some', look({ byHook: 1, byPoll: 40 }), was(), 'active', false],
    [
      'was mended a moment ago',
      look({ state: 'wrong' }),
      was({ state: 'wrong', attempts: 1, mendedAt: ago(1), tryAfter: ago(-4) }),
      'wrong',
      false,
    ],
    [
      'was mended in vain',
      look({ state: 'wrong' }),
      was({ state: 'wrong', attempts: 1, mendedAt: ago(5), tryAfter: ago(0) }),
      'wrong',
      true,
    ],
  ])('%s', (_, seen, before, state, mend) => {
    const { watched, mend: mended } = watch(seen, before, NOW);
    expect([watched.state, mended]).toEqual([state, mend]);
    expect(watched.since).toBe(before?.state === state ? before.since : NOW);
  });

  it('is mended less and less often while that does not help: after 5 minutes, and every 6 hours in the end', () => {
    const pauses: number[] = [];
    let now = NOW;
    let known: Watched | undefined;
    for (let mended = 0; mended < 9; ) {
      const { watched, mend } = watch(look({ state: 'wrong' }), known, now);
      known = watched;
      if (mend) {
        mended += 1;
        pauses.push((Date.parse(watched.tryAfter ?? '') - Date.parse(now)) / 60_000);
      }
      now = watched.tryAfter ?? now;
    }
    expect(pauses).toEqual([5, 10, 20, 40, 80, 160, 320, 360, 360]);
  });

  it('is not forgiven before it has been well for an hour: one that falls ill again and again is not mended each time', () => {
    const mended = was({ state: 'wrong', attempts: 3, mendedAt: ago(30), tryAfter: ago(-10) });
    const well = watch(look(), mended, NOW).watched;
    expect(well).toMatchObject({ state: 'active', attempts: 3, tryAfter: ago(-10) });
    expect(watch(look({ state: 'wrong' }), well, ago(-5)).mend).toBe(false);
    expect(watch(look(), well, ago(-30)).watched).toEqual({
      criteria: 'Appointment?',
      state: 'active',
      since: NOW,
      attempts: 0,
    });
  });
});

test.each<[string, Watched | undefined, string]>([
  ['never mended', undefined, ago(60)],
  ['mended long ago', was({ mendedAt: ago(300) }), ago(60)],
  ['mended since: what was missed before proves nothing', was({ mendedAt: ago(7) }), ago(7)],
])('Hooks are counted for an hour: %s', (_, before, from) => {
  expect(hearingFrom(before, NOW)).toBe(from);
});
