import cron, { type ScheduledTask } from 'node-cron';
import { EhrError } from '../fhir/outcome.ts';
import { tendCanary } from './canary.ts';
import { askAboutCutOff } from './outcome.ts';
import type { Service } from './service.ts';
import type { HookAddress } from './subscriptions.ts';
import { pollOnce, sweep } from './sweep.ts';
import { type Watchman, watchAlarms } from './watch-alarms.ts';
import { watchSubscriptions } from './watch-subscriptions.ts';

/** Seconds between two looks at what is due. Reminders are not later than this by our own fault. */
const SWEEP_SECONDS = 5;
const WATCH_SECONDS = 300;

interface Rhythm {
  instance: string;
  pollSeconds: number;
  /** Asked for at each look: its secret may change meanwhile. */
  hooks: () => HookAddress;
  watchman: Watchman;
}

export interface Clockwork {
  stop: () => Promise<void>;
}

/**
 * The sweeps. Each run looks at state, so one that is late, missed, or made by another instance at the same time
 * changes nothing but the hour. A run that still goes on when its time comes again is not started twice.
 */
export function startClockwork(service: Service, { instance, pollSeconds, hooks, watchman }: Rhythm): Clockwork {
  const busy = new Map<string, Promise<void>>();
  const once = (name: string, work: () => Promise<unknown>) => () => {
    if (busy.has(name)) return;
    const run = work()
      .then(() => undefined)
      .catch((error: unknown) => report(service, name, error))
      .finally(() => busy.delete(name));
    busy.set(name, run);
  };
  const every = (seconds: number, run: () => void): ScheduledTask =>
    cron.schedule(seconds < 60 ? `*/${seconds} * * * * *` : `*/${Math.max(1, Math.round(seconds / 60))} * * * *`, run);
  const tasks = [
    every(
      SWEEP_SECONDS,
      once('sweep', () => sweep(service)),
    ),
    every(
      60,
      once('cut-off', () => askAboutCutOff(service)),
    ),
    every(
      60,
      once('canary', () => tendCanary(service, hooks(), instance)),
    ),
    every(
      WATCH_SECONDS,
      once('watch', () => watchSubscriptions(service, hooks(), instance)),
    ),
    every(
      WATCH_SECONDS,
      once('alarms', () => watchAlarms(service, watchman, instance)),
    ),
    every(
      pollSeconds,
      once('poll', () => pollOnce(service, instance)),
    ),
  ];
  once('poll', () => pollOnce(service, instance))();
  return {
    async stop() {
      for (const task of tasks) await task.destroy();
      await Promise.all(busy.values());
    },
  };
}

/** References and codes only: the text of an error may quote what it failed on. */
function report({ log }: Service, work: string, error: unknown): void {
  const code = error instanceof EhrError ? error.code : error instanceof Error ? error.name : 'unknown';
  log.error('A sweep failed; the next one goes on where it stopped.', { work, code });
}
