/** What just happened, as a code in the address (never a name) and as a sentence on the next page. */
const DONE = {
  booked: 'The visit is booked.',
  moved: 'The visit has moved. It is the same record with a new time.',
  rebooked: 'The old visit is cancelled and this new one is booked in its place.',
  cancelled: 'The visit is cancelled.',
  restored: 'The visit is booked again.',
  arrived: 'The patient is marked as arrived.',
  noshow: 'The visit is marked as a no-show.',
  fulfilled: 'The visit is marked as done.',
  deleted: 'The visit is deleted from the EHR.',
  deceased: 'The patient is marked as deceased.',
  living: 'The patient is no longer marked as deceased.',
  phone: 'The mobile number is changed.',
  'no-phone': 'The mobile number is removed.',
  merged: 'The record is merged into the other one.',
  'task-taken': 'The task is taken by the front desk.',
  'task-done': 'The task is done.',
  faults: 'The faults are set.',
  clock: 'The clock moved ahead.',
} as const;

export type Done = keyof typeof DONE;

export const doneSentence = (code: string): string | undefined =>
  Object.hasOwn(DONE, code) ? DONE[code as Done] : undefined;
