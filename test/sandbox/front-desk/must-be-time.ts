import type { Appointment } from '@medplum/fhirtypes';
import type { Instant } from '../../../sync/domain/clock.ts';
import { Refused } from './chart.ts';
import { plusMinutes } from './local-time.ts';

const EARLIEST_ARRIVAL_MINUTES = 60;

/** Nobody has missed, or been at, a visit that is still to come: what is recorded too early is told to patients. */
export function mustBeTime(
  { start, status }: Appointment,
  mark: 'arrived' | 'noshow' | 'fulfilled' | 'restored',
  now: Instant,
): void {
  if (mark === 'restored') return;
  if (!start) throw new Refused(422, 'This visit has no time yet, so nobody can have come to it.');
  const begun = Date.parse(start) <= Date.parse(now);
  if (mark === 'arrived' && Date.parse(now) < Date.parse(plusMinutes(start, -EARLIEST_ARRIVAL_MINUTES)))
    throw new Refused(422, 'It is too early: a patient can be marked as arrived from an hour before the visit.');
  if (mark === 'noshow' && !begun)
    throw new Refused(422, 'It is too early: a visit can be marked as a no-show once it should have begun.');
  if (mark === 'fulfilled' && !begun && status !== 'arrived' && status !== 'checked-in')
    throw new Refused(422, 'It is too early: a visit is done only once the patient has arrived or it has begun.');
}
