import type { Patient } from '@medplum/fhirtypes';
import fc from 'fast-check';
import type { Instant } from '../../../sync/domain/clock.ts';
import type { MirroredAppointment, PatientFacts } from '../../../sync/domain/plan/facts.ts';
import { plusMs } from '../../../sync/domain/time.ts';
import { facts, MOBILE, patient, relatedPerson, visit } from '../../support/facts.ts';

/** One thing that happens in a practice, or time that passes. */
export type Happening =
  | { what: 'wait' }
  | { what: 'book'; inHours: number; alike: boolean; video: boolean; private: boolean }
  | { what: 'move'; which: number; inHours: number }
  | { what: 'cancel' | 'restore' | 'noshow' | 'fulfil' | 'delete' | 'decline' | 'elsewhere' | 'reorder'; which: number }
  | { what: 'hears' }
  | { what: 'stop' | 'start' }
  | { what: 'patient'; record: Partial<Patient> };

export interface Leg {
  minutes: number;
  happening: Happening;
  /** What becomes of each message that leaves now. */
  outcome: 'sent' | 'delivered' | 'failed' | 'unknown';
}

const which = fc.nat(5);
const records: Partial<Patient>[] = [
  { deceasedBoolean: true },
  { active: false },
  { telecom: [] },
  { telecom: [{ system: 'phone', use: 'home', rank: 1, value: '+1 312 555 0199' }, MOBILE] },
  { telecom: [{ system: 'email', value: 'ana@example.org' }] },
  { birthDate: '2008-11-27' },
  { address: [{ state: 'IN' }] },
  {},
];

const happening: fc.Arbitrary<Happening> = fc.oneof(
  fc.constant<Happening>({ what: 'wait' }),
  fc.record({
    what: fc.constant('book' as const),
    inHours: fc.integer({ min: 1, max: 120 }),
    alike: fc.boolean(),
    video: fc.boolean(),
    private: fc.boolean(),
  }),
  fc.record({ what: fc.constant('move' as const), which, inHours: fc.integer({ min: -5, max: 120 }) }),
  fc.record({
    what: fc.constantFrom(
      'cancel' as const,
      'restore' as const,
      'noshow' as const,
      'fulfil' as const,
      'delete' as const,
      'decline' as const,
      'elsewhere' as const,
      'reorder' as const,
    ),
    which,
  }),
  fc.constantFrom<Happening>({ what: 'hears' }, { what: 'stop' }, { what: 'start' }),
  fc.record({ what: fc.constant('patient' as const), record: fc.constantFrom(...records) }),
);

export const legs: fc.Arbitrary<Leg[]> = fc.array(
  fc.record({
    minutes: fc.oneof(fc.integer({ min: 0, max: 30 }), fc.integer({ min: 30, max: 2_000 })),
    happening,
    outcome: fc.constantFrom('sent' as const, 'delivered' as const, 'failed' as const, 'unknown' as const),
  }),
  { minLength: 1, maxLength: 14 },
);

/** A Monday in Chicago; two visits were there before us, and the world is watched from `at`. */
export const START: Instant = '2026-11-23T15:00:00.000Z';

export const beginning = (): PatientFacts =>
  facts({
    relatedPersons: [relatedPerson({ telecom: [{ system: 'phone', use: 'mobile', value: '+1 312 555 0102' }] })],
    appointments: [
      visit('2026-11-27T16:00:00.000Z', { id: 'a', changedAt: START }),
      visit('2026-11-25T21:00:00.000Z', { id: 'b', changedAt: START }),
    ],
  });

export const later = (at: Instant, minutes: number): Instant => plusMs(at, minutes * 60_000);

/** The facts after it happened. Nothing here decides anything: it is the EHR's and the patient's side. */
export function happens(before: PatientFacts, it: Happening, now: Instant): PatientFacts {
  switch (it.what) {
    case 'wait':
      return before;
    case 'book':
      return { ...before, appointments: [...before.appointments, booking(before, it, now)] };
    case 'hears':
      return { ...before, heardAt: [...before.heardAt, now] };
    case 'stop':
      return { ...before, optOuts: [{ medium: 'sms', address: '+13125550101', at: now, kind: 'opted-out' }] };
    case 'start':
      return { ...before, optOuts: [] };
    case 'patient':
      return { ...before, patient: patient(it.record) };
    default:
      return edited(before, it, now);
  }
}

function booking(before: PatientFacts, it: Extract<Happening, { what: 'book' }>, now: Instant): MirroredAppointment {
  return visit(later(now, it.inHours * 60), {
    id: `new${before.appointments.length}`,
    changedAt: now,
    imported: false,
    practitioners: [it.alike ? 'Practitioner/okafor' : 'Practitioner/other'],
    telehealth: it.video,
    confidential: it.private,
  });
}

type Edit = Exclude<Happening, { what: 'wait' | 'book' | 'hears' | 'stop' | 'start' | 'patient' }>;

function edited(before: PatientFacts, it: Edit, now: Instant): PatientFacts {
  const index = it.which % Math.max(1, before.appointments.length);
  const old = before.appointments[index];
  if (!old) return before;
  const fact = { ...old.fact, ...editOf(it, old, now) };
  const next = { ...old, fact, deleted: it.what === 'delete' };
  const appointments = before.appointments.with(index, it.what === 'reorder' ? next : { ...next, changedAt: now });
  return { ...before, appointments };
}

function editOf(it: Edit, { fact }: MirroredAppointment, now: Instant): Partial<MirroredAppointment['fact']> {
  switch (it.what) {
    case 'move': {
      const start = later(now, it.inHours * 60);
      return { start, end: start, status: 'booked' };
    }
    case 'cancel':
      return { status: 'cancelled' };
    case 'restore':
      return { status: 'booked', patients: [{ reference: 'Patient/ana', status: 'accepted' }] };
    case 'noshow':
      return { status: 'noshow' };
    case 'fulfil':
      return { status: 'fulfilled' };
    case 'decline':
      return { patients: [{ reference: 'Patient/ana', status: 'declined' }] };
    case 'elsewhere':
      return { locations: ['Location/location-mesa'] };
    case 'reorder':
      return { practitioners: [...fact.practitioners, 'Practitioner/student'].reverse() };
    default:
      return {};
  }
}
