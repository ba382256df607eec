import { createHash } from 'node:crypto';
import type { Clock } from '../../domain/clock.ts';
import { toMs } from '../../domain/time.ts';
import type { Delivery, Heard } from './notification.ts';

export interface ReplayWindow {
  /** Whether all of these were remembered within the window. Of no keys: no. */
  hasAll(keys: readonly string[]): boolean;
  remember(keys: readonly string[]): void;
}

const WINDOW_MS = 600_000;
const CAPACITY = 20_000;

/**
 * Remembers deliveries for ten minutes, in this process only: signatures carry no time and would be good for ever, and
 * servers send again what they think was lost. Never the only guard: a hint heard twice does no harm.
 */
export function openReplayWindow(clock: Clock): ReplayWindow {
  const until = new Map<string, number>();
  return {
    hasAll(keys) {
      const now = toMs(clock());
      return keys.length > 0 && keys.every(key => (until.get(key) ?? 0) > now);
    },
    remember(keys) {
      const now = toMs(clock());
      for (const key of keys) {
        until.delete(key);
        until.set(key, now + WINDOW_MS);
      }
      for (const [key, end] of until) {
        if (end > now && until.size <= CAPACITY) break;
        until.delete(key);
      }
    },
  };
}

/**
 * What makes a delivery the same as another: the vendor's event ids, else its bytes, provided these name a version or an
 * event. Empty bodies, `{}` and heartbeats all look alike without being repeats, so they have no key.
 */
export function replayKeys(delivery: Delivery, heard: Heard): string[] {
  if (heard.kind !== 'changed' && heard.kind !== 'catch-up') return [];
  const events = heard.kind === 'changed' ? [...heard.refs, ...heard.identified].map(each => each.eventId) : [];
  const ids = events.filter(id => id !== undefined);
  if (ids.length > 0 && ids.length === events.length) return [...new Set(ids)].map(id => `event ${id}`);
  const isNamed = heard.eventNumbers.length > 0 || (heard.kind === 'changed' && heard.refs.some(ref => ref.versionId));
  if (!isNamed || delivery.body.length === 0) return [];
  return [createHash('sha256').update(`${delivery.method} ${delivery.path}\n`).update(delivery.body).digest('hex')];
}
