import { maySendAt } from '../../sync/domain/sending-hours.ts';
import { dayOfWeek, localDate, plus } from '../../sync/domain/time.ts';
import type { DemoClock } from './demo-clock.ts';

/** At night nothing may be sent, and a first look would show nothing: the demonstration opens on a working morning. */
export function startInTheMorning(clock: DemoClock): void {
  const { zone, hours } = { zone: 'America/Chicago', hours: { from: '10:00', until: '16:00' } };
  let morning = clock.now();
  while (dayOfWeek(localDate(morning, zone)) > 5 || !maySendAt(morning, [zone], { weekday: hours, sunday: hours }))
    morning = plus(morning, 'PT15M');
  const ahead = Date.parse(morning) - Date.parse(clock.now());
  if (ahead > 0) clock.advance(ahead);
}
