import type { Patient, RelatedPerson } from '@medplum/fhirtypes';
import { describe, expect, it } from 'vitest';
import { readSituation } from '../../../sync/domain/inbound/read-situation.ts';
import type { PatientFacts } from '../../../sync/domain/plan/facts.ts';
import { facts, patient, relatedPerson, visit } from '../../support/facts.ts';
import { shippedPolicy } from '../../support/policy.ts';
import { FRIDAY, gone, THURSDAY } from '../../support/scene.ts';
import { ADDRESS } from './support/scene.ts';

const SENT = '2026-11-25T16:00:00.000Z';
const NOW = '2026-11-25T18:00:00.000Z';
const reminded = facts({ appointments: [visit(FRIDAY)] });
const messages = [gone(reminded, 'reminder-48h', SENT)];
const remembered = { question: undefined, stopped: false, chatty: false, answered: false };

const situation = (changes: Partial<PatientFacts>, at = NOW) =>
  readSituation(
    [{ ...reminded, messages, ...changes, batches: new Map() }],
    { address: ADDRESS, medium: 'sms', at },
    shippedPolicy(),
    NOW,
    remembered,
  );

const child: Partial<Patient> = { birthDate: '2015-01-01', telecom: [] };
const mother = (changes: Partial<RelatedPerson> = {}) => ({ relatedPersons: [relatedPerson(changes)] });
const ended = { period: { end: '2026-11-24T00:00:00Z' } };

describe('a visit is spoken of where its patient, or who acts for them, reads', () => {
  it.each<[string, Partial<PatientFacts>, number]>([
    ['their own number', {}, 1],
    ['of a child: the mother’s', { patient: patient(child), ...mother() }, 1],
    ['of one grown up: not the mother’s', { patient: patient({ ...child, birthDate: '2008-11-24' }), ...mother() }, 0],
    ['no guardian any more', { patient: patient(child), ...mother(ended) }, 0],
    ['the number is theirs no more', { patient: patient({ telecom: [] }) }, 0],
    ['the patient has died', { patient: patient({ deceasedBoolean: true }) }, 0],
    [
      'the chart is closed to us',
      {
        patient: patient({
          meta: { security: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality', code: 'R' }] },
        }),
      },
      0,
    ],
    [
      'another record goes on for it',
      { patient: patient({ link: [{ type: 'replaced-by', other: { reference: 'Patient/new' } }] }) },
      0,
    ],
  ])('%s', (_, changes, prompts) => {
    expect(situation(changes).prompts).toHaveLength(prompts);
  });
});

it('what left after they wrote they had not read', () => {
  expect(situation({}, SENT).prompts).toHaveLength(1);
  expect(situation({}, '2026-11-25T15:59:59.000Z')).toMatchObject({ prompts: [], last: undefined });
});

it('a visit of which nothing was said is known all the same', () => {
  const appointments = [visit(FRIDAY), visit(THURSDAY, { id: 'two' })];
  expect(situation({ appointments }).untold).toEqual([{ start: THURSDAY, zone: 'America/Chicago' }]);
});

it.each([
  ['arrived', 'unsure'],
  ['pending', 'unsure'],
  ['fulfilled', 'unsure'],
  ['cancelled', 'gone'],
] as const)('of a visit that is %s the standing is %s', (status, standing) => {
  expect(situation({ appointments: [visit(FRIDAY, { status })] }).prompts).toMatchObject([{ standing }]);
});
