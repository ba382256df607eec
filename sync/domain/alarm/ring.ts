import type { Instant } from '../clock.ts';
import { minus, plus } from '../time.ts';
import { ALARMS, type Alarm, type Signal } from './alarm.ts';

/** An e-mail is lost, a shift ends: whoever is called is called again. */
const AGAIN_AFTER = 'P1D';

export interface Ring {
  /** All that is wrong now, with since when. */
  standing: Alarm[];
  /** Of these: whose owner is to be called now. */
  tell: Alarm[];
  /** Told before, and over. */
  over: Alarm[];
}

/** What to remember and whom to call, from what was known and what is wrong now. Pure. */
export function ring(known: Alarm[], signals: Signal[], now: Instant): Ring {
  const before = new Map(known.map(alarm => [keyOf(alarm), alarm]));
  const standing = signals.map((signal): Alarm => {
    const { since = now, toldAt } = before.get(keyOf(signal)) ?? {};
    return { ...signal, since, ...(toldAt ? { toldAt } : {}) };
  });
  const still = new Set(standing.map(keyOf));
  return {
    standing,
    tell: standing.filter(alarm => isRipe(alarm, now) && (!alarm.toldAt || alarm.toldAt <= minus(now, AGAIN_AFTER))),
    over: known.filter(alarm => alarm.toldAt && !still.has(keyOf(alarm))),
  };
}

export const keyOf = ({ alarm, subject }: Signal): string => `${alarm} ${subject}`;

/** Has it lasted long enough to be one? */
export const isRipe = ({ alarm, since }: Alarm, now: Instant): boolean => plus(since, ALARMS[alarm].after) <= now;
