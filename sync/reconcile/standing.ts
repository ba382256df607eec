import { statfs } from 'node:fs/promises';
import type { AlarmFile } from '../domain/alarm/alarm-file.ts';
import type { Standing } from '../domain/alarm/standing.ts';
import { certificateEnd } from '../fhir/certificate.ts';
import { openBrakes } from '../store/brake.ts';
import { isPaused, pausedChannels } from '../store/control.ts';
import { lanes } from '../store/lanes.ts';
import { outcomes } from '../store/outcomes.ts';
import { visitsAhead } from '../store/visits-ahead.ts';
import { watchedSubscriptions } from '../store/watched-subscription.ts';
import type { Service } from './service.ts';

/** What there is to look at besides the database. */
export interface Premises {
  /** Addresses whose certificates count: ours, and the EHR's. */
  addresses: string[];
  /** The folder of our state on this machine, if any. */
  folder?: string;
  secretsEnd: AlarmFile['secretsEnd'];
}

/** Looks at everything alarms are decided by. */
export async function standingOf(service: Service, premises: Premises): Promise<Standing> {
  const { sql } = service.database;
  const { id } = service.connection;
  const now = service.clock();
  const cursors = await sql.selectFrom('cursor').select(['type', 'moved_at']).where('connection', '=', id).execute();
  const brakes = await openBrakes(sql);
  return {
    reads: cursors.map(({ type, moved_at: at }) => ({ type, at })),
    subscriptions: await watchedSubscriptions(sql, id),
    brakes: brakes.map(({ cause, pulled_at: at }) => ({ cause, at })),
    paused: await isPaused(sql),
    stopped: await pausedChannels(sql),
    lanes: await lanes(sql, now),
    outcomes: await outcomes(sql, now),
    ...(await visitsAhead(sql, now)),
    diskFree: await freeShare(premises.folder),
    certificates: await certificatesOf(premises.addresses),
    secrets: Object.entries(premises.secretsEnd).map(([name, endsOn]) => ({ name, endsOn })),
  };
}

async function freeShare(folder: string | undefined): Promise<number | undefined> {
  if (!folder) return undefined;
  const disk = await statfs(folder).catch(() => undefined);
  return disk && disk.bavail / disk.blocks;
}

async function certificatesOf(addresses: string[]): Promise<Standing['certificates']> {
  const ends = await Promise.all(
    addresses.map(async address => ({ host: new URL(address).host, endsAt: await certificateEnd(address) })),
  );
  return ends.flatMap(({ host, endsAt }) => (endsAt ? [{ host, endsAt }] : []));
}
