import type { Patient, RelatedPerson } from '@medplum/fhirtypes';
import { describe, expect, it } from 'vitest';
import { addressesOf } from '../../../sync/domain/facts/address.ts';
import { readPatient, readRelatedPerson } from '../../../sync/domain/facts/patient.ts';

const NOW = '2026-11-21T16:00:00.000Z';
const NUMBER = '+1 312 555 0101';

const read = (changes: object) => {
  const result = readPatient({ resourceType: 'Patient', id: 'ana', ...changes } as Patient);
  if ('unusable' in result) throw new Error('unusable');
  return result;
};

it('refuses a record with a modifier it does not know', () =>
  expect(
    readPatient({ resourceType: 'Patient', id: 'ana', modifierExtension: [{ url: 'urn:x' }] } as Patient),
  ).toHaveProperty('unusable'));

describe('who may be spoken to', () => {
  it.each([
    ['nothing said', {}, false],
    ['deceasedBoolean', { deceasedBoolean: true }, true],
    ['deceasedBoolean false', { deceasedBoolean: false }, false],
    ['a date of death', { deceasedDateTime: '2026' }, true],
    [
      'a death without a date',
      { _deceasedDateTime: { extension: [{ url: 'data-absent-reason', valueCode: 'unknown' }] } },
      true,
    ],
  ])('deceased by %s: %s', (_, changes, expected) => expect(read(changes).fact.deceased).toBe(expected));

  it.each([
    ['another record', { reference: 'Patient/new' }, 'Patient/new'],
    ['a record known by number only', { identifier: { value: '77' } }, undefined],
  ])('merged into %s', (_, other, replacedBy) =>
    expect(
      read({
        link: [
          { type: 'refer', other: {} },
          { type: 'replaced-by', other },
        ],
      }).fact,
    ).toMatchObject({
      merged: true,
      replacedBy,
    }),
  );

  it('is itself when it replaced another', () =>
    expect(read({ link: [{ type: 'replaces', other: { reference: 'Patient/old' } }] }).fact.merged).toBe(false));

  it.each([
    [undefined, true],
    [true, true],
    [false, false],
  ])('active %s is %s', (active, expected) => expect(read({ active }).fact.active).toBe(expected));

  it('is nobody when the record is restricted', () =>
    expect(
      read({ meta: { security: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality', code: 'V' }] } })
        .fact.restricted,
    ).toBe(true));
});

describe('names', () => {
  it.each([
    [
      'usual before official',
      [
        { use: 'official', given: ['Anastasia'] },
        { use: 'usual', given: ['Ana'] },
      ],
      'Ana',
    ],
    ['never an old one', [{ use: 'old', given: ['Anna'] }, { given: ['Ana', 'Maria'] }], 'Ana'],
    ['words when there is nothing else', [{ text: 'Ana Reyes' }], 'Ana'],
    ['none', [{ family: 'Reyes' }], undefined],
    ['none at all', undefined, undefined],
  ])('%s', (_, name, expected) => expect(read({ name }).fact.firstName).toBe(expected));
});

describe('languages', () => {
  const spoken = (code: string, more = {}) => ({
    language: { coding: [{ system: 'urn:ietf:bcp:47', code }] },
    ...more,
  });
  it.each([
    ['the preferred one first', [spoken('en'), spoken('es', { preferred: true })], ['es', 'en']],
    [
      'as recorded when several claim it',
      [spoken('vi', { preferred: true }), spoken('es', { preferred: true })],
      ['vi', 'es'],
    ],
    [
      'the standard code of several codings',
      [
        {
          language: {
            coding: [
              { system: 'urn:local', code: 'SPN' },
              { system: 'urn:ietf:bcp:47', code: 'es' },
            ],
            text: 'Spanish',
          },
        },
      ],
      ['es', 'SPN', 'Spanish'],
    ],
    ['words alone', [{ language: { text: 'Spanish; Castilian' } }], ['Spanish; Castilian']],
    ['nothing', [{ preferred: true }], []],
  ])('%s', (_, communication, expected) => expect(read({ communication }).fact.languages).toEqual(expected));
});

it('finds what staff have to mend', () => {
  const problems = read({ birthDate: '1980' }).findings.map(finding => finding.problem);
  expect(problems).toEqual([
    'It has no telecom: nobody can be reached.',
    'Its birth date is partial; its age is taken as the youngest possible.',
    'It has no given name.',
  ]);
});

describe('numbers and addresses', () => {
  const at = (...telecom: object[]) => addressesOf(telecom as Patient['telecom'] & object, 'US', NOW);
  const mobile = (more = {}) => ({ system: 'phone', use: 'mobile', value: NUMBER, ...more });

  it.each<[string, object[], string[]]>([
    [
      'the best rank first',
      [mobile({ rank: 2 }), mobile({ rank: 1, value: '312-555-0102' })],
      ['+13125550102', '+13125550101'],
    ],
    [
      'no rank last',
      [mobile(), { system: 'email', value: 'Ana@Example.org', rank: 3 }],
      ['ana@example.org', '+13125550101'],
    ],
    [
      'mobile before home',
      [{ system: 'phone', use: 'home', value: '3125550109' }, mobile()],
      ['+13125550101', '+13125550109'],
    ],
    ['never an old one', [mobile({ use: 'old' })], []],
    ['never one that has ended', [mobile({ period: { end: '2026-11-20' } })], []],
    ['one that ends today', [mobile({ period: { end: '2026-11-21' } })], ['+13125550101']],
    ['one that ends this year', [mobile({ period: { end: '2026' } })], ['+13125550101']],
    ['not one that begins tomorrow', [mobile({ period: { start: '2026-11-22' } })], []],
    [
      'no fax, pager or page',
      [
        { system: 'fax', value: NUMBER },
        { system: 'pager', value: NUMBER },
        { system: 'url', value: 'https://x' },
      ],
      [],
    ],
    ['nothing without a value', [{ system: 'phone', use: 'mobile' }], []],
  ])('%s', (_, telecom, expected) => expect(at(...telecom).map(one => one.address)).toEqual(expected));

  it.each<[string, object, string, string | undefined]>([
    ['a mobile', mobile(), 'sms', undefined],
    ['an sms of any use', { system: 'sms', value: NUMBER }, 'sms', undefined],
    ['a home number', { system: 'phone', use: 'home', value: NUMBER }, 'phone', undefined],
    ['an extension', mobile({ value: '(312) 555-0100 x12' }), 'phone', undefined],
    ['too short', mobile({ value: '555-01' }), 'phone', 'address-invalid'],
    ['no number', mobile({ value: 'call the neighbour' }), 'phone', 'address-invalid'],
    ['no mail', { system: 'email', value: 'ana at home' }, 'email', 'address-invalid'],
  ])('%s', (_, contact, medium, problem) =>
    expect(at(contact)[0]).toMatchObject({ medium, ...(problem ? { problem } : {}) }),
  );
});

describe('a related person', () => {
  const related = (changes: object) =>
    readRelatedPerson({
      resourceType: 'RelatedPerson',
      id: 'm',
      patient: { reference: 'Patient/leo' },
      ...changes,
    } as RelatedPerson);

  it.each([
    ['nobody’s', { patient: { display: 'Leo' } }],
    ['one with an unknown modifier', { modifierExtension: [{ url: 'urn:x' }] }],
  ])('is refused: %s', (_, changes) => expect(related(changes)).toHaveProperty('unusable'));

  it('may act for a time only, written as a day', () =>
    expect(related({ period: { start: '2026-01', end: '2026-11-20' } })).toMatchObject({
      fact: { startsAt: '2026-01-01T00:00:00.000Z', endsAt: '2026-11-20T23:59:59.999Z' },
    }));
});
