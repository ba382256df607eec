import type { Subscription } from '@medplum/fhirtypes';
import type { Instant } from '../../domain/clock.ts';
import type { WireSubscription } from './desired.ts';
import { type Drift, driftOf } from './drift.ts';
import { isOurs, isTagged, isTopic, nameOf, typeOf } from './identity.ts';

export interface SubscriptionDiff {
  create: WireSubscription[];
  /** `why` is the first thing that is not as wanted, as a sentence without the secret. */
  update: { have: Subscription; want: WireSubscription; why: string; drift: Drift[] }[];
  remove: { have: Subscription; why: string }[];
  keep: { have: Subscription; want: WireSubscription }[];
  /** They bear our tag but lead elsewhere: another installation, or our own former address. Never touched. */
  elsewhere: Subscription[];
}

/** What would make the EHR's Subscriptions ours as they should be. Nobody else's are ever in it, but under `elsewhere`. */
export function subscriptionDiff(
  desired: readonly WireSubscription[],
  actual: readonly Subscription[],
  endpoint: string,
  now: Instant,
): SubscriptionDiff {
  const ours = actual.filter(has => isOurs(has, endpoint));
  const elsewhere = actual.filter(has => isTagged(has) && !ours.includes(has));
  const diff: SubscriptionDiff = { create: [], update: [], remove: [], keep: [], elsewhere };
  const left = new Set<Subscription>(ours);
  for (const [want, have] of paired(desired, left, now)) {
    const drift = have ? driftOf(want, have, now) : [];
    const [first] = drift;
    if (!have) diff.create.push(want);
    else if (first) diff.update.push({ have, want, why: first.why, drift });
    else diff.keep.push({ have, want });
  }
  for (const have of left) {
    const twin = desired.some(want => nameOf(want) === nameOf(have));
    diff.remove.push({ have, why: twin ? 'It is there twice.' : 'It is no longer wanted.' });
  }
  return diff;
}

/**
 * Each with the one that is to become it; what is used is taken from `left`. First those of the same name, a healthy one
 * before a sick one. Then another of the same kind and type: to change its criteria where it stands leaves no moment
 * without any.
 */
function paired(desired: readonly WireSubscription[], left: Set<Subscription>, now: Instant) {
  const found = new Map<WireSubscription, Subscription>();
  const take = (want: WireSubscription, fits: (has: Subscription) => boolean) => {
    const candidates = found.has(want) ? [] : [...left].filter(fits);
    const have = candidates.find(has => driftOf(want, has, now).length === 0) ?? candidates[0];
    if (!have) return;
    found.set(want, have);
    left.delete(have);
  };
  for (const want of desired) take(want, has => nameOf(has) === nameOf(want));
  for (const want of desired) take(want, has => isAlike(has, want));
  return desired.map(want => [want, found.get(want)] as const);
}

const isAlike = (has: Subscription, want: WireSubscription): boolean =>
  typeOf(has) === typeOf(want) && (isTopic(want) ? has.criteria === want.criteria : !isTopic(has));
