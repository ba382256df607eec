import type { WireSubscription } from './desired.ts';
import type { SubscriptionDiff } from './diff.ts';

/** `change`: put right where it stands. `replace`: a new one, and the old one goes. One that is missing is made either way. */
export type Mending = 'leave' | 'change' | 'replace';

/** The part of a difference that mends these. What is there twice, or no longer wanted, goes with it. */
export function mend(diff: SubscriptionDiff, how: (want: WireSubscription) => Mending): SubscriptionDiff {
  const replaced = [...diff.keep, ...diff.update].filter(({ want }) => how(want) === 'replace');
  return {
    create: [...diff.create.filter(want => how(want) !== 'leave'), ...replaced.map(({ want }) => want)],
    update: diff.update.filter(({ want }) => how(want) === 'change'),
    remove: [...diff.remove, ...replaced.map(({ have }) => ({ have, why: 'It does not work.' }))],
    keep: [],
    elsewhere: [],
  };
}
