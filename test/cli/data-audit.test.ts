import type { Appointment, Patient, Resource } from '@medplum/fhirtypes';
import { expect, it } from 'vitest';
import { auditData } from '../../sync/cli/data-audit.ts';
import { shippedPolicy } from '../support/policy.ts';

const NOW = '2026-11-21T15:00:00.000Z';
const { clinic } = shippedPolicy();
const here = clinic.locations[0]?.reference ?? '';

let count = 0;
function person(more: Partial<Patient> = {}): Patient {
  count += 1;
  return {
    resourceType: 'Patient',
    id: `p${count}`,
    name: [{ given: ['Ana'], family: `Zz${count}` }],
    birthDate: '1980-05-05',
    telecom: [{ system: 'phone', use: 'mobile', value: `+1 312 555 ${String(1000 + count)}` }],
    communication: [{ language: { coding: [{ system: 'urn:ietf:bcp:47', code: 'en' }] } }],
    ...more,
  };
}
const visit = (more: Partial<Appointment> = {}): Appointment => ({
  resourceType: 'Appointment',
  id: 'v',
  status: 'booked',
  start: '2026-12-02T16:30:00Z',
  participant: [
    { actor: { reference: 'Patient/p' }, status: 'accepted' },
    { actor: { reference: here }, status: 'accepted' },
  ],
  ...more,
});
const at = (location: string): Appointment['participant'] => [
  { actor: { reference: 'Patient/p' }, status: 'accepted' },
  { actor: { reference: location }, status: 'accepted' },
];
const phone = (value: string, more = {}): Patient['telecom'] => [{ system: 'phone', use: 'mobile', value, ...more }];
const twins = { name: [{ given: ['Mia'], family: 'Zz' }], birthDate: '1990-01-01' };
const zone = [{ url: 'http://hl7.org/fhir/StructureDefinition/timezone', valueCode: 'Asia/Tokyo' }];

const TROUBLES: [what: RegExp, resources: Resource[], records: number][] = [
  [/no usable number or address/, [person({ telecom: [] })], 1],
  [/marked old or has ended/, [person({ telecom: phone('+1 312 555 0101', { use: 'old' }) })], 1],
  [/marked old or has ended/, [person({ telecom: phone('+1 312 555 0101', { period: { end: '2020' } }) })], 1],
  [/minor and no guardian/, [person({ birthDate: '2015-05-05' })], 1],
  [/number or address that is not valid/, [person({ telecom: phone('12') })], 1],
  [/without a birth date/, [person({ birthDate: undefined })], 1],
  [/without a language/, [person({ communication: undefined })], 1],
  [
    /home state is none that we know/,
    [
      person({ address: [{ state: 'Ilinois' }] }),
      person({ address: [{ state: 'US-IL' }] }),
      person({ address: [{ state: ' ' }] }),
    ],
    1,
  ],
  [/Possible duplicates/, [person(twins), person(twins), person()], 2],
  [
    /share a mobile number/,
    [person({ telecom: phone('312-555-0199') }), person({ telecom: phone('+13125550199') })],
    2,
  ],
  [/Visits ahead: start is not an instant/, [visit({ start: '2026-12-02' })], 1],
  [/clinic\.yaml does not know it/, [visit({ participant: at('Location/moon') })], 1],
  [/Its zone is Asia\/Tokyo/, [{ resourceType: 'Location', id: here.split('/')[1], extension: zone }], 1],
  [/Not FHIR: birthDate should be text/, [{ ...person(), birthDate: 1980 } as object as Resource], 1],
];
it.each(TROUBLES)('finds %s', (what, resources, records) => {
  const found = auditData(resources, shippedPolicy(), NOW).filter(trouble => what.test(trouble.what));
  expect(found.map(trouble => trouble.records.length)).toEqual([records]);
  expect(found[0]?.todo.length).toBeGreaterThan(10);
  expect(found[0]?.accepted ?? false).toBe(false);
});

const FINE: [name: string, resources: Resource[]][] = [
  ['a chart with everything', [person()]],
  [
    'what is missing of the dead, the merged and the inactive',
    [
      person({ deceasedBoolean: true, telecom: [] }),
      person({ active: false, telecom: [] }),
      person({ link: [{ type: 'replaced-by', other: { reference: 'Patient/p1' } }], telecom: [] }),
    ],
  ],
  [
    'a visit that is over',
    [visit({ start: '2026-11-01T16:30:00Z', participant: [{ status: 'accepted', actor: { reference: here } }] })],
  ],
];
it.each(FINE)('finds nothing wrong with %s', (_, resources) => {
  expect(auditData(resources, shippedPolicy(), NOW).filter(trouble => !trouble.accepted)).toEqual([]);
});

it('marks what the practice has decided to be all right, and what it has not', () => {
  const policy = shippedPolicy();
  const without = (withoutRecord: 'allow' | 'refuse') => {
    const sms = { ...clinic.consent.sms, withoutRecord };
    const decided = { ...policy, clinic: { ...clinic, consent: { ...clinic.consent, sms } } };
    return auditData([person()], decided, NOW).find(trouble => /Charts without an SMS Consent/.test(trouble.what))
      ?.accepted;
  };
  expect([without('allow'), without('refuse')]).toEqual([true, false]);
});
