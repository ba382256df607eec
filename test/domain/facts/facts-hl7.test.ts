import { readdirSync, readFileSync } from 'node:fs';
import type { Appointment, Communication, Consent, Patient, Resource } from '@medplum/fhirtypes';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { addressesOf } from '../../../sync/domain/facts/address.ts';
import { readAppointment } from '../../../sync/domain/facts/appointment.ts';
import { readCommunication } from '../../../sync/domain/facts/communication.ts';
import { readConsent } from '../../../sync/domain/facts/consent.ts';
import { readPatient } from '../../../sync/domain/facts/patient.ts';
import { patientsOf } from '../../../sync/domain/mirror.ts';

const FOLDER = 'test/fixtures/hl7';
const examples = readdirSync(FOLDER)
  .filter(name => name.endsWith('.json'))
  .map((name): [string, Resource] => [name, JSON.parse(readFileSync(`${FOLDER}/${name}`, 'utf8'))]);

function read(resource: Resource) {
  switch (resource.resourceType) {
    case 'Appointment':
      return readAppointment(resource);
    case 'Communication':
      return readCommunication(resource);
    case 'Patient':
      return readPatient(resource);
    default:
      throw new Error(`No reader for ${resource.resourceType}.`);
  }
}

it.each(examples)('%s is read, or refused with a reason', (_, resource) => {
  const result = read(resource);
  if ('unusable' in result) expect(result.unusable.length).toBeGreaterThan(0);
  else expect(result.fact.reference).toBe(`${resource.resourceType}/${resource.id}`);
  expect(patientsOf(resource)).toBeInstanceOf(Array);
});

it('knows what HL7 says of its own examples', () => {
  const all = Object.fromEntries(examples.map(([name, resource]) => [name, read(resource)]));
  expect(all['hl7r4-Appointment-example.json']).toMatchObject({
    fact: { status: 'booked', patients: [{ reference: 'Patient/example' }] },
  });
  expect(all['hl7r4-Appointment-examplereq.json']).toMatchObject({ fact: { status: 'proposed' } });
  expect(all['hl7r4-Patient-pat3.json']).toMatchObject({ fact: { deceased: true } });
  expect(all['hl7r4-Patient-pat4.json']).toMatchObject({ fact: { deceased: true } });
});

/** A record with any part of it missing, or of the wrong shape, as careless systems send it. */
const damaged = fc
  .tuple(
    fc.constantFrom(...examples.map(([, resource]) => resource)),
    fc.array(fc.tuple(fc.nat(40), fc.constantFrom('drop', 'empty', 'list'))),
  )
  .map(([resource, wounds]) => {
    const copy = structuredClone(resource) as Resource & Record<string, unknown>;
    for (const [which, how] of wounds) {
      const name = Object.keys(copy)[which];
      if (!name || name === 'resourceType' || name === 'id') continue;
      const isList = Array.isArray(copy[name]);
      if (how === 'drop') delete copy[name];
      else if (how === 'empty') copy[name] = isList ? [] : typeof copy[name] === 'string' ? '' : {};
      else copy[name] = isList ? [{}] : copy[name];
    }
    return copy as Resource;
  });

it('never throws, whatever is missing', () =>
  fc.assert(
    fc.property(damaged, resource => {
      const result = read(resource);
      if (resource.resourceType === 'Patient' && 'fact' in result)
        addressesOf((resource as Patient).telecom ?? [], 'US', '2026-11-21T16:00:00.000Z');
      patientsOf(resource);
      return 'fact' in result || result.unusable.length > 0;
    }),
    { numRuns: 300 },
  ));

it.each([
  ['Appointment', () => readAppointment({ resourceType: 'Appointment' } as Appointment)],
  ['Communication', () => readCommunication({ resourceType: 'Communication' } as Communication)],
  ['Consent', () => readConsent({ resourceType: 'Consent' } as Consent)],
  ['Patient', () => readPatient({ resourceType: 'Patient' } as Patient)],
])('an empty %s is survived', (_, readEmpty) => expect(readEmpty()).toBeDefined());
