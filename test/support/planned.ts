import type { Instant } from '../../sync/domain/clock.ts';
import type { PlannedMessage, PlannedTask } from '../../sync/domain/plan/plan.ts';
import { plus } from '../../sync/domain/time.ts';

/** A reminder to Ana, as a plan would have it. */
export const plannedMessage = (
  key: string,
  sendAt: Instant,
  changes: Partial<PlannedMessage> = {},
): PlannedMessage => ({
  key,
  patient: 'Patient/ana',
  rule: 'reminder-48h',
  step: 'message',
  purpose: 'reminder',
  text: 'reminder',
  language: 'en',
  medium: 'sms',
  address: '+13125550101',
  recipient: 'Patient/ana',
  firstName: 'Ana',
  addressShared: false,
  zones: ['America/Chicago'],
  sendAt,
  sendBefore: plus(sendAt, 'PT4H'),
  asks: ['confirm'],
  tells: [],
  ...changes,
});

export const plannedTask = (key: string, dueAt: Instant, changes: Partial<PlannedTask> = {}): PlannedTask => ({
  key,
  patient: 'Patient/ana',
  rule: 'reminder-48h',
  code: 'call-patient',
  owner: 'front-desk',
  priority: 'routine',
  opensAt: dueAt,
  dueAt,
  says: 'Call Ana.',
  about: [],
  ...changes,
});
