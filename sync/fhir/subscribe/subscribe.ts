import type { Subscription } from '@medplum/fhirtypes';
import { matches } from '../bundle.ts';
import type { EhrClient } from '../client.ts';
import type { VendorProfile } from '../profile.ts';
import { isOurs, type SubscriptionDiff } from './diff.ts';

/** All Subscriptions of the EHR that we may see. Not searched by tag or endpoint: few servers can. */
export async function readSubscriptions(
  client: Pick<EhrClient, 'pages'>,
  profile: VendorProfile,
): Promise<Subscription[]> {
  const { parameter, size } = profile.paging;
  const found = new Map<string, Subscription>();
  for await (const bundle of client.pages(`Subscription?${parameter}=${size}`, { fresh: true })) {
    for (const each of matches(bundle, 'Subscription')) {
      if (each.resourceType === 'Subscription') found.set(each.id ?? '', each);
    }
  }
  return [...found.values()];
}

export interface Applied {
  created: string[];
  updated: string[];
  removed: string[];
  /** Changed by somebody else meanwhile: read again and compare anew. */
  conflicts: string[];
}

/**
 * Makes it so. Safe to repeat after any failure, as the next diff starts from what is there. That a Subscription exists
 * proves nothing yet: only a hook that arrives does (a typo is silent on Medplum, a switched-off channel on HAPI).
 */
export async function applySubscriptions(
  client: Pick<EhrClient, 'create' | 'update' | 'remove'>,
  diff: SubscriptionDiff,
): Promise<Applied> {
  const applied: Applied = { created: [], updated: [], removed: [], conflicts: [] };
  for (const { have } of diff.remove) {
    await client.remove({ type: 'Subscription', id: have.id ?? '' });
    applied.removed.push(nameOf(have));
  }
  for (const { have, want } of diff.update) {
    const changed = { ...want, id: have.id ?? '', meta: { ...have.meta, ...want.meta } };
    const result = await client.update(changed, have.meta?.versionId ?? '');
    applied[result.outcome === 'updated' ? 'updated' : 'conflicts'].push(nameOf(have));
  }
  for (const want of diff.create) {
    const { resource } = await client.create(want);
    applied.created.push(nameOf(resource));
  }
  return applied;
}

/** Removes all of ours for this endpoint; do it before the endpoint goes dark, or HAPI stalls for everybody (`hapi.md` §3). */
export async function removeSubscriptions(
  client: Pick<EhrClient, 'pages' | 'remove'>,
  profile: VendorProfile,
  endpoint: string,
): Promise<string[]> {
  const ours = (await readSubscriptions(client, profile)).filter(each => isOurs(each, endpoint));
  for (const { id } of ours) await client.remove({ type: 'Subscription', id: id ?? '' });
  return ours.map(nameOf);
}

export interface SubscriptionHealth {
  criteria: string;
  /** `waiting`: requested, and not yet taken up by the EHR. For ever, where subscriptions are switched off. */
  state: 'active' | 'waiting' | 'wrong' | 'missing' | 'unwanted' | 'elsewhere';
  reference?: string;
  /** A sentence for `doctor`. The EHR's own error text is left out: it may quote what it could not deliver. */
  why?: string;
}

/** The same diff, told to a person. */
export function subscriptionHealth(diff: SubscriptionDiff): SubscriptionHealth[] {
  const of = (have: Subscription) => ({ criteria: have.criteria, reference: nameOf(have) });
  return [
    ...diff.keep.map(({ have }) => ({
      ...of(have),
      state: have.status === 'active' ? ('active' as const) : ('waiting' as const),
    })),
    ...diff.update.map(({ have, why }) => ({ ...of(have), state: 'wrong' as const, why })),
    ...diff.create.map(({ criteria }) => ({ criteria, state: 'missing' as const, why: 'There is none.' })),
    ...diff.remove.map(({ have, why }) => ({ ...of(have), state: 'unwanted' as const, why })),
    ...diff.elsewhere.map(have => ({
      ...of(have),
      state: 'elsewhere' as const,
      why: 'It bears our tag but leads to another address.',
    })),
  ];
}

const nameOf = (resource: { resourceType: string; id?: string }): string =>
  `${resource.resourceType}/${resource.id ?? ''}`;
