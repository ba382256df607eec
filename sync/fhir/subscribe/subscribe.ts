import type { Subscription } from '@medplum/fhirtypes';
import { matches } from '../bundle.ts';
import type { EhrClient } from '../client.ts';
import { EhrError } from '../outcome.ts';
import type { VendorProfile } from '../profile.ts';
import type { WireSubscription } from './desired.ts';
import type { SubscriptionDiff } from './diff.ts';
import type { Drift } from './drift.ts';
import { isOurs, nameOf } from './identity.ts';

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
  /** By their names: the EHR will not have them so, e.g. for a search parameter it does not know. */
  refused: string[];
}

/**
 * Makes it so. Safe to repeat after any failure, as the next diff starts from what is there. What is to go goes last: for
 * a moment two may tell the same, and never none. What is
 * refused keeps no other from being made, and takes nothing away. That a Subscription exists proves nothing yet: only a hook that arrives does (a typo is silent on Medplum, a switched-off channel on HAPI).
 */
export async function applySubscriptions(
  client: Pick<EhrClient, 'create' | 'update' | 'remove'>,
  diff: SubscriptionDiff,
): Promise<Applied> {
  const applied: Applied = { created: [], updated: [], removed: [], conflicts: [], refused: [] };
  const unlessRefused = async (want: WireSubscription, work: () => Promise<void>) => {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof EhrError) || error.code !== 'refused') throw error;
      applied.refused.push(nameOf(want));
    }
  };
  for (const want of diff.create)
    await unlessRefused(want, async () => {
      const { resource } = await client.create(want);
      applied.created.push(referenceOf(resource));
    });
  for (const { have, want } of diff.update)
    await unlessRefused(want, async () => {
      const result = await correct(client, have, want);
      applied[result.outcome === 'updated' ? 'updated' : 'conflicts'].push(referenceOf(have));
    });
  if (applied.refused.length > 0) return applied;
  for (const { have } of diff.remove) {
    await client.remove({ type: 'Subscription', id: have.id ?? '' });
    applied.removed.push(referenceOf(have));
  }
  return applied;
}

/**
 * One that works goes on working: asked for anew, it would tell nothing until the EHR has taken it up again. A strict
 * server lets nobody but itself say that one is active.
 */
async function correct(client: Pick<EhrClient, 'update'>, have: Subscription, want: WireSubscription) {
  const changed = { ...want, id: have.id ?? '', meta: { ...have.meta, ...want.meta } };
  const version = have.meta?.versionId ?? '';
  if (have.status !== 'active' || want.status === 'active') return client.update(changed, version);
  try {
    return await client.update({ ...changed, status: 'active' }, version);
  } catch (error) {
    if (!(error instanceof EhrError) || error.code !== 'refused') throw error;
    return client.update(changed, version);
  }
}

/** Removes all of ours for this endpoint; do it before the endpoint goes dark, or HAPI stalls for everybody (`hapi.md` §3). */
export async function removeSubscriptions(
  client: Pick<EhrClient, 'pages' | 'remove'>,
  profile: VendorProfile,
  endpoint: string,
): Promise<string[]> {
  const ours = (await readSubscriptions(client, profile)).filter(each => isOurs(each, endpoint));
  for (const { id } of ours) await client.remove({ type: 'Subscription', id: id ?? '' });
  return ours.map(referenceOf);
}

export interface SubscriptionHealth {
  criteria: string;
  /** `waiting`: requested, and not yet taken up by the EHR. For ever, where subscriptions are switched off. */
  state: 'active' | 'waiting' | 'wrong' | 'missing' | 'unwanted' | 'elsewhere';
  reference?: string;
  /** A sentence for `doctor`. The EHR's own error text is left out: it may quote what it could not deliver. */
  why?: string;
  /** What is not as wanted, element by element. */
  drift?: Drift[];
  /** Where it leads, if not to us. */
  leadsTo?: string;
}

/** The same diff, told to a person. */
export function subscriptionHealth(diff: SubscriptionDiff): SubscriptionHealth[] {
  const of = (have: Subscription) => ({ criteria: nameOf(have), reference: referenceOf(have) });
  return [
    ...diff.keep.map(({ have }) => ({
      ...of(have),
      state: have.status === 'active' ? ('active' as const) : ('waiting' as const),
    })),
    ...diff.update.map(({ have, why, drift }) => ({ ...of(have), state: 'wrong' as const, why, drift })),
    ...diff.create.map(want => ({ criteria: nameOf(want), state: 'missing' as const, why: 'There is none.' })),
    ...diff.remove.map(({ have, why }) => ({ ...of(have), state: 'unwanted' as const, why })),
    ...diff.elsewhere.map(have => ({
      ...of(have),
      state: 'elsewhere' as const,
      why: 'It bears our tag but leads to another address.',
      leadsTo: have.channel.endpoint?.split('?')[0],
    })),
  ];
}

const referenceOf = (resource: { resourceType: string; id?: string }): string =>
  `${resource.resourceType}/${resource.id ?? ''}`;
