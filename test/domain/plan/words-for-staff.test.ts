import { expect, it } from 'vitest';
import { hourForStaff } from '../../../sync/domain/plan/task-words.ts';
import { shippedPolicy } from '../../support/policy.ts';
import { FRIDAY, NOON } from '../../support/scene.ts';

const { clinic } = shippedPolicy();
const [riverside] = clinic.locations;
const alone = { ...clinic, locations: riverside ? [riverside] : [] };

it.each([
  ['at the practice', FRIDAY, 'America/Chicago', clinic, 'Fri, Nov 27, 10:00 AM CT'],
  ['at its other place', FRIDAY, 'America/Denver', clinic, 'Fri, Nov 27, 9:00 AM MT'],
  ['where all are in one zone', FRIDAY, 'America/Chicago', alone, 'Fri, Nov 27, 10:00 AM'],
  ['in a year', '2027-11-24T15:00:00.000Z', 'America/Chicago', alone, 'Wed, Nov 24, 2027, 9:00 AM'],
])('staff read the hour as patients are told it: %s', (_, start, zone, practice, words) =>
  expect(hourForStaff(start, zone, practice, NOON)).toBe(words),
);
