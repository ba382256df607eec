import { expect, it } from 'vitest';
import type { AppointmentFact } from '../../../sync/domain/facts/appointment.ts';
import { changeBetween, stateFor, visitState } from '../../../sync/domain/plan/visit.ts';
import { visit } from '../../support/facts.ts';
import { FRIDAY } from '../../support/scene.ts';

const asked = { cancelReason: ['http://terminology.hl7.org/CodeSystem/appointment-cancellation-reason|pat'] };
const ana = { reference: 'Patient/ana', status: 'accepted' } as const;
const ben = { reference: 'Patient/ben', status: 'accepted' } as const;
const no = { ...ana, status: 'declined' } as const;

const CASES: [what: string, fact: Partial<AppointmentFact>, change: string][] = [
  ['she declines', { patients: [no] }, 'cancelled-by-patient'],
  ['she declines, of a group', { patients: [no, ben] }, 'cancelled-by-patient'],
  ['it is cancelled for her', { ...asked, patients: [ana], status: 'cancelled' }, 'cancelled-by-patient'],
  ['it is cancelled for one of a group', { ...asked, patients: [ana, ben], status: 'cancelled' }, 'cancelled'],
  ['it is given to another, and cancelled for him', { ...asked, patients: [ben], status: 'cancelled' }, 'cancelled'],
  ['it is given to another', { patients: [ben] }, 'cancelled'],
  // Some records say so of everybody when they are called off.
  ['it is cancelled, and all are marked as out', { patients: [no], status: 'cancelled' }, 'cancelled'],
];

it.each(CASES)('when %s', (_, fact, change) => {
  const mirrored = visit(FRIDAY, fact);
  const told = visitState(mirrored.fact, true);
  expect(changeBetween(told, stateFor('Patient/ana', mirrored), mirrored.fact)).toBe(change);
});
