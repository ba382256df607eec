import type { Extension, Subscription } from '@medplum/fhirtypes';
import { z } from 'zod';
import type { Instant } from '../../domain/clock.ts';
import { instant, plus } from '../../domain/time.ts';
import { SUBSCRIPTION_TAG, type WireSubscription } from './desired.ts';

export interface SubscriptionDiff {
  create: WireSubscription[];
  update: { have: Subscription; want: WireSubscription; why: string }[];
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
  const tagged = actual.filter(isTagged);
  const ours = tagged.filter(has => isBelow(has.channel?.endpoint, endpoint));
  const elsewhere = tagged.filter(has => !ours.includes(has));
  const diff: SubscriptionDiff = { create: [], update: [], remove: [], keep: [], elsewhere };
  const used = new Set<Subscription>();
  for (const want of desired) {
    // A healthy one first, so that of two the sick one goes.
    const candidates = ours.filter(has => has.criteria === want.criteria && !used.has(has));
    const have = candidates.find(has => difference(want, has, now) === undefined) ?? candidates[0];
    if (!have) {
      diff.create.push(want);
      continue;
    }
    used.add(have);
    const why = difference(want, have, now);
    if (why === undefined) diff.keep.push({ have, want });
    else diff.update.push({ have, want, why });
  }
  for (const have of ours.filter(has => !used.has(has))) {
    const twin = desired.some(want => want.criteria === have.criteria);
    diff.remove.push({ have, why: twin ? 'It is there twice.' : 'It is no longer wanted.' });
  }
  return diff;
}

/** Ours, for this endpoint: `…/hooks/fhir/one` is not `…/hooks/fhir/one-more`. */
export const isOurs = (subscription: Subscription, endpoint: string): boolean =>
  isTagged(subscription) && isBelow(subscription.channel?.endpoint, endpoint);

const isTagged = ({ meta }: Subscription): boolean =>
  (meta?.tag ?? []).some(tag => tag.system === SUBSCRIPTION_TAG.system && tag.code === SUBSCRIPTION_TAG.code);

const isBelow = (text: string | undefined, endpoint: string): boolean =>
  text === endpoint || (text?.startsWith(`${endpoint}/`) ?? false);

/** The first thing that is not as wanted, as a sentence without the secret. What a server adds of its own is not minded. */
function difference(want: WireSubscription, have: Subscription, now: Instant): string | undefined {
  if (have.status === 'error') return 'The EHR has given up on it.';
  if (have.status === 'off') return 'It is switched off.';
  if (have.status === 'requested' && want.status === 'active') return 'It was never switched on.';
  if (have.end && (instant(have.end) ?? now) < plus(now, 'P1D')) return 'It ends within a day.';
  if (have.channel.endpoint !== want.channel.endpoint) return 'It leads to another endpoint.';
  if (have.channel.type !== want.channel.type || have.channel.payload !== want.channel.payload)
    return 'It is delivered in another way.';
  if (!(want.channel.header ?? []).every(line => have.channel.header?.includes(line)))
    return 'Its secret is another one.';
  const missing = extensions(want).some(w => !extensions(have).some(h => JSON.stringify(h) === JSON.stringify(w)));
  return missing ? 'It lacks an extension.' : undefined;
}

const loose = z.looseObject({
  extension: z.array(z.custom<Extension>(e => typeof e === 'object' && e !== null)).optional(),
});
const holders = z.looseObject({
  extension: loose.shape.extension,
  _criteria: loose.optional(),
  channel: z.looseObject({ extension: loose.shape.extension, _payload: loose.optional() }),
});

/** All four places where a wish may hide, as [place, url, value]. */
function extensions(subscription: Subscription): unknown[][] {
  const parsed = holders.safeParse(subscription);
  if (!parsed.success) return [];
  const { extension, _criteria, channel } = parsed.data;
  const places = {
    extension,
    _criteria: _criteria?.extension,
    channel: channel.extension,
    _payload: channel._payload?.extension,
  };
  return Object.entries(places).flatMap(([place, list]) =>
    (list ?? []).map(({ url, ...value }) => [place, url, Object.entries(value).sort()]),
  );
}
