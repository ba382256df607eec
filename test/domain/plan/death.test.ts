import { expect, it } from 'vitest';
import type { AppointmentFact } from '../../../sync/domain/facts/appointment.ts';
import { neverWrite } from '../../../sync/domain/plan/route.ts';
import { facts, visit } from '../../support/facts.ts';
import { FRIDAY } from '../../support/scene.ts';

const DIED = 'http://terminology.hl7.org/CodeSystem/appointment-cancellation-reason|pat-dec';
const ana = { reference: 'Patient/ana', status: 'accepted' } as const;
const ben = { reference: 'Patient/ben', status: 'accepted' } as const;

const CASES: [what: string, fact: Partial<AppointmentFact>, dead: boolean][] = [
  ['hers alone', { patients: [ana] }, true],
  ['hers alone, listed twice', { patients: [ana, { ...ana, status: 'declined' }] }, true],
  ['hers alone, not come to', { patients: [ana], status: 'noshow' }, true],
  ["hers and another's", { patients: [ana, ben] }, false],
  ["another's by now", { patients: [ben] }, false],
  ["nobody's by now", { patients: [] }, false],
  ['one she had declined', { patients: [{ ...ana, status: 'declined' }] }, false],
  ['on again, with the reason left in the record', { patients: [ana], status: 'booked' }, false],
  ['entered in error', { patients: [ana], status: 'entered-in-error' }, false],
];

it.each(CASES)('a visit called off by a death, %s', (_, fact, dead) => {
  const found = facts({ appointments: [visit(FRIDAY, { status: 'cancelled', cancelReason: [DIED], ...fact })] });
  expect(neverWrite(found)).toBe(dead ? 'patient-deceased' : undefined);
});
