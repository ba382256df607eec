import { sql as raw } from 'kysely';
import { isReady } from '../reconcile/poll.ts';
import type { Service } from '../reconcile/service.ts';
import { openBrakes } from '../store/brake.ts';
import { isPaused } from '../store/control.ts';
import { backlogSize } from '../store/publication.ts';

export interface Health {
  status: 'up' | 'starting' | 'down';
  database: 'up' | 'down';
  /** Every followed type has been read completely once. */
  firstReadDone: boolean;
  paused: boolean;
  brakes: number;
  unpublished: Record<string, number>;
}

export const isDatabaseUp = ({ database }: Pick<Service, 'database'>): Promise<boolean> =>
  raw`select 1`.execute(database.sql).then(
    () => true,
    () => false,
  );

/** What a load balancer and an operator need to know; nothing about any patient. */
export async function healthOf(service: Service): Promise<Health> {
  const { sql } = service.database;
  if (!(await isDatabaseUp(service)))
    return { status: 'down', database: 'down', firstReadDone: false, paused: false, brakes: 0, unpublished: {} };
  const firstReadDone = await isReady(service);
  return {
    status: firstReadDone ? 'up' : 'starting',
    database: 'up',
    firstReadDone,
    paused: await isPaused(sql),
    brakes: (await openBrakes(sql)).length,
    unpublished: await backlogSize(sql),
  };
}
