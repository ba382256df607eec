import type { Appointment } from '@medplum/fhirtypes';
import { describe, expect, it } from 'vitest';
import { readAppointment } from '../../../sync/domain/facts/appointment.ts';

const R = { system: 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality', code: 'R' };

const base: Appointment = {
  resourceType: 'Appointment',
  id: 'appt-9',
  status: 'booked',
  start: '2026-12-02T15:30:00Z',
  end: '2026-12-02T16:00:00Z',
  participant: [{ actor: { reference: 'Patient/p1' }, status: 'needs-action' }],
};

/** As it comes from a wire: checked by nobody. */
const read = (changes: object) => readAppointment({ ...base, ...changes } as Appointment);
const factOf = (changes: object) => {
  const result = read(changes);
  if ('unusable' in result) throw new Error(result.unusable[0]?.problem);
  return result;
};
const problemsOf = (changes: object) => {
  const result = read(changes);
  return ('unusable' in result ? result.unusable : result.findings).map(finding => finding.problem).join(' ');
};
const by = (reference: string, more = {}) => ({ actor: { reference }, status: 'accepted', ...more });

it('refuses a record with a modifier it does not know', () =>
  expect(read({ modifierExtension: [{ url: 'urn:x', valueBoolean: true }] })).toEqual({
    unusable: [{ about: 'Appointment/appt-9', problem: expect.stringContaining('modifierExtension') }],
  }));

describe('time', () => {
  it('is an instant, whatever its offset', () =>
    expect(factOf({ start: '2026-12-02T09:30:00-06:00' }).fact.start).toBe('2026-12-02T15:30:00.000Z'));
  it.each(['2026-12-02T10:30', '2026-12-02', 'tomorrow'])('%s is not guessed', start => {
    expect(factOf({ start }).fact.start).toBeUndefined();
    expect(problemsOf({ start })).toMatch(/not an instant.*no usable start/);
  });
  it.each(['proposed', 'cancelled', 'waitlist'])('may be missing when %s (app-3)', status =>
    expect(problemsOf({ status, start: undefined, end: undefined })).toBe(''),
  );
  it('may not be missing when booked', () => expect(problemsOf({ start: undefined })).toMatch(/no usable start/));
  it('reads a created that is only a day as unknown', () =>
    expect(factOf({ created: '2026-11-01' }).fact.created).toBeUndefined());
});

describe('status', () => {
  it.each([undefined, 'no-show', 'BOOKED', 'in-progress'])('%s is none that FHIR knows', status =>
    expect(problemsOf({ status })).toMatch(/status is missing or none/),
  );
});

describe('participants', () => {
  it('are all read: a group has many patients, each with a word of their own', () =>
    expect(factOf({ participant: [by('Patient/a'), by('Patient/b', { status: 'declined' })] }).fact.patients).toEqual([
      { reference: 'Patient/a', status: 'accepted' },
      { reference: 'Patient/b', status: 'declined' },
    ]));
  it('may hold no patient: a blocked hour, or a relative', () => {
    expect(problemsOf({ participant: [by('RelatedPerson/mother')] })).toMatch(/nobody to tell/);
    expect(problemsOf({ participant: undefined })).toMatch(/nobody to tell/);
  });
  it.each([
    ['relative', 'Patient/a'],
    ['absolute', 'https://ehr.example.org/fhir/R4/Patient/a'],
    ['versioned', 'Patient/a/_history/3'],
    ['absolute and versioned', 'https://ehr.example.org/fhir/Patient/a/_history/3'],
  ])('are found by a reference that is %s', (_, reference) =>
    expect(factOf({ participant: [by(reference)] }).fact.patients[0]?.reference).toBe('Patient/a'),
  );
  it.each([
    ['contained', { reference: '#p' }],
    ['logical', { identifier: { value: '12' }, type: 'Patient' }],
    ['words only', { display: 'Ana' }],
    ['missing', undefined],
    ['an urn', { reference: 'urn:uuid:c757873d-ec9a-4326-a141-556f43239520' }],
  ])('cannot be followed when %s', (_, actor) =>
    expect(factOf({ participant: [{ actor, status: 'accepted' }] }).fact.patients).toEqual([]),
  );
  it('are clinicians by person or by role, and places', () =>
    expect(
      factOf({
        participant: [
          by('Location/x'),
          { actor: { reference: 'PractitionerRole/r', display: 'Dr. Okafor' }, status: 'accepted' },
        ],
      }).fact,
    ).toMatchObject({
      practitioners: ['PractitionerRole/r'],
      locations: ['Location/x'],
      practitionerName: 'Dr. Okafor',
    }));
});

describe('kinds', () => {
  it('are every coding of every element', () =>
    expect(
      factOf({
        serviceType: [
          {
            coding: [
              { system: 'urn:local', code: '12' },
              { system: 'urn:other', code: 'cardio' },
            ],
          },
          { text: 'only words' },
        ],
        appointmentType: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v2-0276', code: 'ROUTINE' }] },
        specialty: [{ coding: [{ code: 'bare' }] }],
      }).fact.visitTypes,
    ).toEqual(['urn:local|12', 'urn:other|cardio', '|bare', 'http://terminology.hl7.org/CodeSystem/v2-0276|ROUTINE']));

  it('make a video visit, in the second coding too', () => {
    const video = {
      coding: [{ code: 'x' }, { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'VR' }],
    };
    expect(factOf({ serviceType: [video] }).fact.telehealth).toBe(true);
    expect(problemsOf({ serviceType: [video] })).toMatch(/without an access link/);
  });

  it('carry the reason of a cancellation under its odd spelling', () =>
    expect(
      factOf({ status: 'cancelled', cancelationReason: { coding: [{ system: 's', code: 'pat-crs' }] } }).fact
        .cancelReason,
    ).toEqual(['s|pat-crs']));
});

it.each([
  ['R', true],
  ['V', true],
  ['N', false],
])('a label %s makes it confidential: %s', (code, expected) =>
  expect(factOf({ meta: { security: [{ ...R, code }] } }).fact.confidential).toBe(expected),
);

it('says nothing about people in its findings', () => {
  const finding = read({
    start: 'noon',
    participant: [{ actor: { reference: 'Patient/p1', display: 'Ana Reyes' }, status: 'accepted' }],
  });
  expect(JSON.stringify('findings' in finding && finding.findings)).not.toContain('Ana');
});
