import type { Instant } from '../domain/clock.ts';
import { minus } from '../domain/time.ts';
import type { Canary } from '../fhir/subscribe/canary.ts';
import { canaryRow } from '../store/canary.ts';
import type { Sql } from '../store/database.ts';
import { type Hearing, hearingSince } from '../store/hearing.ts';
import { watchedSubscriptions } from '../store/watched-subscription.ts';
import { localMoment, plural } from './print.ts';

/** How changes came to be known in the last hour, and which Subscriptions do not work. */
export async function hearingLines(sql: Sql, now: Instant, zone: string): Promise<string[]> {
  const heard = await hearingSince(sql, minus(now, 'PT1H'));
  const connections = [
    ...new Set((await sql.selectFrom('cursor').select('connection').execute()).map(row => row.connection)),
  ];
  const watched = (await Promise.all(connections.map(one => watchedSubscriptions(sql, one)))).flat();
  return [
    ...heard.map(lineOf),
    ...(await Promise.all(connections.map(one => canaryRow(sql, one)))).flatMap(one =>
      one ? canaryLine(one, zone) : [],
    ),
    ...watched
      .filter(({ state }) => state !== 'active')
      .map(
        ({ criteria, state, since, attempts, tryAfter, why }) =>
          `Subscription ${criteria}: ${state.toUpperCase()} since ${localMoment(since, zone)}${why ? ` (${why.replace(/\.$/, '')})` : ''}, mended ${plural(attempts, 'time')}${tryAfter ? `, next after ${localMoment(tryAfter, zone)}` : ''}. Polling hears of changes meanwhile.`,
      ),
  ];
}

function canaryLine({ writtenAt, heardAt, misses }: Canary, zone: string): string[] {
  if (!writtenAt) return [];
  const last = heardAt ? `last announced ${localMoment(heardAt, zone)}` : 'never announced yet';
  return [
    `Canary: written ${localMoment(writtenAt, zone)}, ${last}${misses > 0 ? `; MISSED ${plural(misses, 'time')} in a row` : ''}.`,
  ];
}

function lineOf({ type, byHook, byPoll, meanLagMs, longestLagMs }: Hearing): string {
  const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`;
  const lag = byHook > 0 ? `, ${seconds(meanLagMs)} after the change, ${seconds(longestLagMs)} at most` : '';
  const missed = byPoll > 0 ? `; ${byPoll} found by the poll alone` : '';
  return `${type}, last hour: ${plural(byHook, 'change')} announced by hooks${lag}${missed}.`;
}
