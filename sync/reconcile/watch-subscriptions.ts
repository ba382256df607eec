import type { Instant } from '../domain/clock.ts';
import { plus } from '../domain/time.ts';
import { isDeaf } from '../fhir/subscribe/canary.ts';
import type { WireSubscription } from '../fhir/subscribe/desired.ts';
import type { SubscriptionDiff } from '../fhir/subscribe/diff.ts';
import { isNarrow, nameOf, typeOf } from '../fhir/subscribe/identity.ts';
import { type Mending, mend } from '../fhir/subscribe/mend.ts';
import { applySubscriptions } from '../fhir/subscribe/subscribe.ts';
import { hearingFrom, type Look, type Watched, watch } from '../fhir/subscribe/watch.ts';
import { canaryRow } from '../store/canary.ts';
import type { Sql } from '../store/database.ts';
import { forgetHearing, hearingSince } from '../store/hearing.ts';
import { takeLease } from '../store/lease.ts';
import { keepWatched, watchedSubscriptions } from '../store/watched-subscription.ts';
import { CANARY_TYPE } from './canary.ts';
import type { Service } from './service.ts';
import { compareSubscriptions, type HookAddress, reportRefused } from './subscriptions.ts';

/**
 * Looks at every Subscription there should be, and mends what is ill: given up by the EHR, switched off, deleted by
 * somebody, never taken up, or active in name only. One instance at a time. Throws EhrError when the EHR cannot be asked.
 */
export async function watchSubscriptions(service: Service, address: HookAddress, instance: string): Promise<void> {
  const { connection, database, clock } = service;
  const now = clock();
  if (!(await takeLease(database.sql, `watch ${connection.id}`, instance, now, plus(now, 'PT4M')))) return;
  await forgetHearing(database.sql, now);
  const diff = await compareSubscriptions(service, address);
  if (!diff) return;
  const before = await watchedSubscriptions(database.sql, connection.id);
  const isNotHeard = connection.wishes.canary.active && isDeaf(await canaryRow(database.sql, connection.id));
  const looks = await Promise.all(
    wantedIn(diff).map(async ({ want, state, why }) => {
      const known = before.find(one => one.criteria === nameOf(want));
      const look = {
        criteria: nameOf(want),
        state,
        ...(why ? { why } : {}),
        isDeaf: isNotHeard && typeOf(want) === CANARY_TYPE,
        ...(await heardOf(database.sql, connection.id, want, known, now)),
      };
      const seen = watch(look, known, now);
      return { want, known, ...seen };
    }),
  );
  for (const look of looks) report(service, look.known, look.watched, look.mend);
  const ill = new Map(looks.filter(look => look.mend).map(({ want, watched }) => [want, mendingFor(watched)]));
  // Kept first: an EHR that fails here is asked again after the pause, not in every round.
  await keepWatched(
    database.sql,
    connection.id,
    looks.map(look => look.watched),
  );
  if (ill.size === 0) return;
  const mending = mend(diff, want => ill.get(want) ?? 'leave');
  reportRefused(service, await applySubscriptions(connection.client, mending));
}

/** Each that there should be, as the EHR tells of it. */
const wantedIn = ({
  create,
  update,
  keep,
}: SubscriptionDiff): { want: WireSubscription; state: Look['state']; why?: string }[] => [
  ...create.map(want => ({ want, state: 'missing' as const })),
  ...update.map(({ want, why }) => ({ want, state: 'wrong' as const, why })),
  ...keep.map(({ want, have }) => ({
    want,
    state: have.status === 'active' ? ('active' as const) : ('waiting' as const),
  })),
];

/** What is wrong is put right; what stays wrong, or looks right and does not work, is replaced by another. */
function mendingFor({ state, attempts }: Watched): Mending {
  return state === 'silent' || state === 'deaf' || state === 'waiting' || attempts > 1 ? 'replace' : 'change';
}

async function heardOf(sql: Sql, connection: string, want: WireSubscription, known: Watched | undefined, now: Instant) {
  const since = async (span: string) => {
    const rows = await hearingSince(sql, hearingFrom(known, now, span));
    const row = rows.find(one => one.connection === connection && one.type === typeOf(want));
    return { byHook: row?.byHook ?? 0, byPoll: isNarrow(want) ? 0 : (row?.byPoll ?? 0) };
  };
  // In a quiet practice only an hour shows it; but one that has just fallen silent was heard within the hour.
  const hour = await since('PT1H');
  return hour.byHook === 0 ? hour : since('PT15M');
}

function report(
  { log }: Service,
  before: Watched | undefined,
  { criteria, state, attempts, why }: Watched,
  isMended: boolean,
) {
  if (isMended)
    log.warn('A Subscription does not work, and is mended; the poll hears of changes.', {
      criteria,
      state,
      attempts,
      ...(why ? { why } : {}),
    });
  else if (before && before.state !== state && state === 'active')
    log.info('A Subscription works again.', { criteria });
}
