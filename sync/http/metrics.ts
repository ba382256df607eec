import { Gauge, Registry } from 'prom-client';
import { ALARMS } from '../domain/alarm/alarm.ts';
import { minus } from '../domain/time.ts';
import type { Service } from '../reconcile/service.ts';
import { alarms } from '../store/alarm.ts';
import { openBrakes } from '../store/brake.ts';
import { canaryRow } from '../store/canary.ts';
import { isPaused, pausedChannels } from '../store/control.ts';
import { hearingSince } from '../store/hearing.ts';
import { backlogSize } from '../store/publication.ts';
import { watchedSubscriptions } from '../store/watched-subscription.ts';

/** Counts by state and reason: what an operator graphs. No references, so nothing about anybody. */
export function openMetrics(service: Service): { text: () => Promise<string>; contentType: string } {
  const registry = new Registry();
  const { sql } = service.database;
  const gauge = (name: string, help: string, labelNames: string[], collect: (gauge: Gauge) => Promise<void>) =>
    new Gauge({
      name,
      help,
      labelNames,
      registers: [registry],
      async collect() {
        this.reset();
        await collect(this);
      },
    });
  gauge('loopkeeper_messages', 'Messages by state and reason', ['state', 'reason'], async g => {
    const rows = await sql
      .selectFrom('message')
      .select(['state', 'reason', eb => eb.fn.countAll<number>().as('n')])
      .groupBy(['state', 'reason'])
      .execute();
    for (const row of rows) g.set({ state: row.state, reason: row.reason ?? '' }, Number(row.n));
  });
  gauge('loopkeeper_tasks', 'Tasks by state', ['state'], async g => {
    const rows = await sql
      .selectFrom('task')
      .select(['state', eb => eb.fn.countAll<number>().as('n')])
      .groupBy('state')
      .execute();
    for (const row of rows) g.set({ state: row.state }, Number(row.n));
  });
  gauge('loopkeeper_unpublished', 'Rows the EHR does not hold yet', ['table'], async g => {
    for (const [table, n] of Object.entries(await backlogSize(sql))) g.set({ table }, n);
  });
  gauge('loopkeeper_hints', 'Notifications not looked into yet', [], async g => {
    const row = await sql
      .selectFrom('notification')
      .select(eb => eb.fn.countAll<number>().as('n'))
      .executeTakeFirstOrThrow();
    g.set(Number(row.n));
  });
  gauge('loopkeeper_changes', 'Changes of the last hour, by what told of them first', ['type', 'by'], async g => {
    for (const { type, byHook, byPoll } of await hearingSince(sql, minus(service.clock(), 'PT1H'))) {
      g.set({ type, by: 'hook' }, byHook);
      g.set({ type, by: 'poll' }, byPoll);
    }
  });
  gauge('loopkeeper_hook_lag_seconds', 'From a change to its hook, in the last hour', ['type', 'of'], async g => {
    for (const { type, byHook, meanLagMs, longestLagMs } of await hearingSince(sql, minus(service.clock(), 'PT1H'))) {
      if (byHook === 0) continue;
      g.set({ type, of: 'mean' }, meanLagMs / 1000);
      g.set({ type, of: 'longest' }, longestLagMs / 1000);
    }
  });
  gauge('loopkeeper_subscription', 'State of each Subscription: 1', ['criteria', 'state'], async g => {
    for (const { criteria, state } of await watchedSubscriptions(sql, service.connection.id))
      g.set({ criteria, state }, 1);
  });
  gauge('loopkeeper_canary_missed', 'Canaries in a row that no hook announced', [], async g => {
    const canary = await canaryRow(sql, service.connection.id);
    if (canary) g.set(canary.misses);
  });
  gauge('loopkeeper_alarm', 'Alarms that somebody has been called for', ['alarm', 'owner'], async g => {
    for (const [alarm, those] of Map.groupBy(await alarms(sql), one => one.alarm))
      g.set({ alarm, owner: ALARMS[alarm].owner }, those.filter(one => one.toldAt).length);
  });
  gauge('loopkeeper_held', 'Sending is paused, channels have stopped, or brakes are on', ['by'], async g => {
    g.set({ by: 'pause' }, (await isPaused(sql)) ? 1 : 0);
    g.set({ by: 'channel' }, (await pausedChannels(sql)).length);
    g.set({ by: 'brake' }, (await openBrakes(sql)).length);
  });
  return { text: () => registry.metrics(), contentType: registry.contentType };
}
