import type { Appointment, Patient, Resource } from '@medplum/fhirtypes';
import { describe, expect, test } from 'vitest';
import { readAppointment } from '../../sync/domain/facts/appointment.ts';
import { readPatient } from '../../sync/domain/facts/patient.ts';
import { type Ehr, onEveryEhr } from './ehr.ts';
import { round } from './round.ts';

const UNKNOWN = [{ url: 'https://example.org/unknown', valueBoolean: true }];
const ABSENT = {
  extension: [{ url: 'http://hl7.org/fhir/StructureDefinition/data-absent-reason', valueCode: 'unknown' }],
};
const NOBODY = { patients: [] };
type Actor = NonNullable<Appointment['participant']>[number]['actor'];

/** What FHIR R4 allows and hardly anybody sends; `patient` is one that is there. A server may refuse some, loudly. */
const VISITS: [what: string, changes: (patient: string, base: string) => object, read: object | 'unusable'][] = [
  ['an extension nobody knows', () => ({ extension: UNKNOWN }), { status: 'booked' }],
  ['a modifierExtension nobody knows', () => ({ modifierExtension: UNKNOWN }), 'unusable'],
  ['a zone east of Greenwich', () => at('2027-01-04T09:30:00+05:30'), { start: '2027-01-04T04:00:00.000Z' }],
  ['a start without fractions', () => at('2027-01-04T09:30:00Z'), { start: '2027-01-04T09:30:00.000Z' }],
  ['a start of a tenth of a second', () => at('2027-01-04T09:30:00.5Z'), { start: '2027-01-04T09:30:00.500Z' }],
  [
    'no start, and why',
    () => ({ status: 'proposed', start: undefined, end: undefined, _start: ABSENT, _end: ABSENT }),
    {},
  ],
  ['a reference to a version', patient => who({ reference: `${patient}/_history/1` }), {}],
  ['an absolute reference', (patient, base) => who({ reference: `${base}/${patient}` }), {}],
  [
    'a contained patient',
    () => ({ ...who({ reference: '#p' }), contained: [{ resourceType: 'Patient', id: 'p' }] }),
    NOBODY,
  ],
  ['a patient by identifier', () => who({ type: 'Patient', identifier: { system: 'urn:x', value: '7' } }), NOBODY],
  ['a patient by a urn', () => who({ reference: 'urn:uuid:c757873d-ec9a-4326-a141-556f43239520' }), NOBODY],
  ['a patient by name alone', () => who({ display: 'Ana' }), NOBODY],
];
const PATIENTS: [what: string, changes: object, read: object | 'unusable'][] = [
  ['a year of birth', { birthDate: '1980' }, { birthDate: '1980' }],
  ['a month of birth', { birthDate: '1980-05' }, { birthDate: '1980-05' }],
  ['no birth date, and why', { _birthDate: ABSENT }, { birthDate: undefined }],
  ['dead, nobody knows since when', { _deceasedDateTime: ABSENT }, { deceased: true }],
  ['dead since a year', { deceasedDateTime: '2025' }, { deceased: true }],
  ['a name in one text', { name: [{ text: 'Ana Maria Ruiz' }] }, { firstName: 'Ana' }],
  ['a modifierExtension nobody knows', { modifierExtension: UNKNOWN }, 'unusable'],
  ['a contained resource', { contained: [{ resourceType: 'Organization', id: 'o', name: 'X' }] }, { active: true }],
];

onEveryEhr('strange but valid R4', ehr => {
  describe('a visit with', () => {
    test.for(VISITS)('%s', async ([, changes, read], { skip }) => {
      const { id = '', participant, meta: _, ...usual } = await ehr.put(ehr.newId('strange'));
      const patient = participant?.[0]?.actor?.reference ?? '';
      const sent = { ...usual, id, participant, ...changes(patient, ehr.connection.baseUrl) } as Appointment;
      const { status } = await ehr.ask('PUT', `Appointment/${id}`, sent);
      skip(status >= 400, `It refuses this with ${status}.`);
      const stored = await held(ehr, 'Appointment', id);
      expect(told(readAppointment(stored as Appointment))).toEqual(told(readAppointment(sent)));
      expect(told(readAppointment(stored as Appointment))).toMatchObject(read === 'unusable' ? { unusable: 1 } : read);
      if ('contained' in sent || read === NOBODY || read === 'unusable') return;
      expect(readAppointment(stored as Appointment)).toMatchObject({ fact: { patients: [{ reference: patient }] } });
    });

    test('whatever it is, the feed brings it', async () => {
      const { id = '', meta: _, ...usual } = await ehr.put(ehr.newId('fed'));
      const { cursor } = await round(ehr, 'type-history', undefined);
      const modified = { ...usual, id, status: 'arrived', modifierExtension: UNKNOWN } as Appointment;
      await ehr.ask('PUT', `Appointment/${id}`, modified);
      expect((await round(ehr, 'type-history', cursor)).statuses[id]).toEqual(['arrived']);
    });
  });

  describe('a patient with', () => {
    test.for(PATIENTS)('%s', async ([, changes, read], { skip }) => {
      const id = ehr.newId('strange');
      const sent = { resourceType: 'Patient', id, ...changes } as Patient;
      const { status } = await ehr.ask('PUT', `Patient/${id}`, sent);
      skip(status >= 400, `It refuses this with ${status}.`);
      const stored = (await held(ehr, 'Patient', id)) as Patient;
      expect(told(readPatient(stored))).toEqual(told(readPatient(sent)));
      expect(told(readPatient(stored))).toMatchObject(read === 'unusable' ? { unusable: 1 } : read);
    });
  });
});

function at(start: string) {
  return { start, end: start.replace('09:30', '10:00') };
}

function who(actor: Actor) {
  return { participant: [{ actor, status: 'accepted' }] };
}

async function held({ connection }: Ehr, type: string, id: string): Promise<Resource> {
  const read = await connection.client.read(type, id);
  if (read.outcome !== 'found') throw new Error(`${type}/${id} is ${read.outcome}.`);
  return read.resource;
}

/** Without what the server adds: its stamp, and the tag of the run. */
function told(read: { fact: object } | { unusable: readonly unknown[] }): object {
  if ('unusable' in read) return { unusable: read.unusable.length };
  return { ...read.fact, lastUpdated: undefined, tags: undefined };
}
