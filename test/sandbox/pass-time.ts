import type { Service } from '../../sync/reconcile/service.ts';
import { drain } from '../../sync/reconcile/sweep.ts';
import { nextMoment } from '../../sync/store/next-moment.ts';
import type { DemoClock } from './demo-clock.ts';
import type { SandboxEhr } from './ehr.ts';

/**
 * Lets time go by as it would: from one thing to do to the next, each done at its hour. A single jump of a day would
 * skip the hours in which reminders are worth sending, and they would rightly be dropped as too late.
 */
export async function passTime(
  service: Service,
  ehr: Pick<SandboxEhr, 'tick' | 'settle'>,
  clock: DemoClock,
  ms: number,
): Promise<void> {
  const until = new Date(Date.parse(clock.now()) + ms).toISOString();
  for (;;) {
    await ehr.settle();
    await drain(service);
    const next = await nextMoment(service.database.sql, clock.now());
    const step = Date.parse(next !== undefined && next < until ? next : until) - Date.parse(clock.now());
    if (step > 0) clock.advance(step);
    ehr.tick();
    if (next === undefined || next >= until) break;
  }
  await ehr.settle();
  await drain(service);
}
