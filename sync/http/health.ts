import type { Instant } from '../domain/clock.ts';
import { isReady } from '../reconcile/poll.ts';
import type { Service } from '../reconcile/service.ts';
import { openBrakes } from '../store/brake.ts';
import { isPaused, pausedChannels } from '../store/control.ts';
import { isUp } from '../store/is-up.ts';
import { backlogSize } from '../store/publication.ts';

export interface Health {
  status: 'up' | 'starting' | 'down';
  database: 'up' | 'down';
  /** Every followed type has been read completely once. */
  firstReadDone: boolean;
  paused: boolean;
  /** Media that the service stopped by itself, as the provider refuses us; a sentence each. */
  pausedChannels: Record<string, string>;
  brakes: number;
  unpublished: Record<string, number>;
}

/**
 * When a notification last came with the secret that the EHR is told, and with the one of before; since this process
 * started. `null`: none did.
 */
export type SecretsHeard = Record<HookSecret, { current: Instant | null; former: Instant | null }>;
type HookSecret = 'EHR_HOOK_SECRET' | 'EHR_SIGNING_SECRET';

const NOTHING_KNOWN = { firstReadDone: false, paused: false, pausedChannels: {}, brakes: 0, unpublished: {} };

/** What a load balancer and an operator need to know; nothing about any patient. */
export async function healthOf(service: Service): Promise<Health> {
  const { sql } = service.database;
  if (!(await isUp(service.database))) return { ...NOTHING_KNOWN, status: 'down', database: 'down' };
  const firstReadDone = await isReady(service);
  return {
    status: firstReadDone ? 'up' : 'starting',
    database: 'up',
    firstReadDone,
    paused: await isPaused(sql),
    pausedChannels: Object.fromEntries((await pausedChannels(sql)).map(one => [one.medium, one.because])),
    brakes: (await openBrakes(sql)).length,
    unpublished: await backlogSize(sql),
  };
}
