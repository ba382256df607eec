import type { Instant } from '../domain/clock.ts';
import { plus } from '../domain/time.ts';
import type { WireSubscription } from '../fhir/subscribe/desired.ts';
import type { SubscriptionDiff } from '../fhir/subscribe/diff.ts';
import { type Mending, mend } from '../fhir/subscribe/mend.ts';
import { applySubscriptions } from '../fhir/subscribe/subscribe.ts';
import { hearingFrom, type Look, type Watched, watch } from '../fhir/subscribe/watch.ts';
import type { Sql } from '../store/database.ts';
import { forgetHearing, hearingSince } from '../store/hearing.ts';
import { takeLease } from '../store/lease.ts';
import { keepWatched, watchedSubscriptions } from '../store/watched-subscription.ts';
import type { Service } from './service.ts';
import { compareSubscriptions, type HookAddress } from './subscriptions.ts';

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
  const looks = await Promise.all(
    wantedIn(diff).map(async ({ want, state }) => {
      const known = before.find(one => one.criteria === want.criteria);
      const look = {
        criteria: want.criteria,
        state,
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
  if (ill.size > 0)
    await applySubscriptions(
      connection.client,
      mend(diff, want => ill.get(want) ?? 'leave'),
    );
}

/** Each that there should be, as the EHR tells of it. */
const wantedIn = ({ create, update, keep }: SubscriptionDiff): { want: WireSubscription; state: Look['state'] }[] => [
  ...create.map(want => ({ want, state: 'missing' as const })),
  ...update.map(({ want }) => ({ want, state: 'wrong' as const })),
  ...keep.map(({ want, have }) => ({
    want,
    state: have.status === 'active' ? ('active' as const) : ('waiting' as const),
  })),
];

/** What is wrong is put right; what stays wrong, or looks right and does not work, is replaced by another. */
function mendingFor({ state, attempts }: Watched): Mending {
  return state === 'silent' || state === 'waiting' || attempts > 1 ? 'replace' : 'change';
}

async function heardOf(sql: Sql, connection: string, want: WireSubscription, known: Watched | undefined, now: Instant) {
  const rows = await hearingSince(sql, hearingFrom(known, now));
  const row = rows.find(one => one.connection === connection && one.type === typeOf(want));
  return { byHook: row?.byHook ?? 0, byPoll: row?.byPoll ?? 0 };
}

/** `Appointment?` of a criteria Subscription; a topic's says it in its filter. */
const typeOf = ({ criteria, _criteria }: WireSubscription): string =>
  (_criteria?.extension[0]?.valueString ?? criteria).split('?')[0] ?? '';

function report(
  { log }: Service,
  before: Watched | undefined,
  { criteria, state, attempts }: Watched,
  isMended: boolean,
) {
  if (isMended)
    log.warn('A Subscription does not work, and is mended; the poll hears of changes.', { criteria, state, attempts });
  else if (before && before.state !== state && state === 'active')
    log.info('A Subscription works again.', { criteria });
}
