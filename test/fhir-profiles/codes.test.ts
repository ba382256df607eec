import { describe, expect, test } from 'vitest';
import { CANARY_KEY_SYSTEM, CANARY_TAG, canaryOf } from '../../sync/domain/chart/canary.ts';
import { INBOUND_KEY_SYSTEM, REPLY_KEY_SYSTEM, TASK_KEY_SYSTEM } from '../../sync/domain/chart/codes.ts';
import { MESSAGE_KEY_SYSTEM } from '../../sync/domain/facts/communication.ts';
import { LOOPKEEPER } from '../../sync/domain/facts/fhir.ts';
import { ASKS } from '../../sync/domain/inbound/answer-task-words.ts';
import { REASONS } from '../../sync/domain/reasons.ts';
import { SUBSCRIPTION_TAG } from '../../sync/fhir/subscribe/desired.ts';
import { loadPolicy } from '../../sync/policy/load-policy.ts';
import { formatMistakes } from '../../sync/policy/mistake.ts';
import { TELEHEALTH_LINK_URL } from '../sandbox/practice/codes.ts';
import { practice } from '../sandbox/practice/practice.ts';
import { NEW_PATIENT, VISIT_TYPES } from '../sandbox/practice/visit-types.ts';
import { problemsOf } from './support/check.ts';
import { codesOf, definitions, OUR_CODES, profileAt } from './support/library.ts';
import { WRITTEN } from './support/written.ts';

const codes = (id: string) => [...(codesOf(id) ?? new Map()).keys()].sort();
const loaded = loadPolicy('mappings');
if ('mistakes' in loaded) throw new Error(formatMistakes(loaded.mistakes));
const { rules, clinic } = loaded.policy;
const ruleTasks = Object.values(rules).flatMap(({ steps, escalation }) => [
  ...steps.flatMap(({ task }) => task ?? []),
  escalation.task,
]);
const sorted = (values: Iterable<string>) => [...new Set(values)].sort();

describe('code systems hold what the code and the shipped rules use, and no more', () => {
  test('reason, with the sentence staff read', () => {
    expect(Object.fromEntries(codesOf('reason') ?? [])).toEqual(REASONS);
  });

  test('task-code', () => {
    expect(codes('task-code')).toEqual(
      sorted([
        ...ruleTasks.map(({ code }) => code),
        ...Object.keys(ASKS),
        'call-patient',
        'double-booking',
        'unsure-visit',
      ]),
    );
  });

  test('owner', () => {
    expect(codes('owner')).toEqual(sorted(Object.keys(clinic.owners)));
    expect(ruleTasks.filter(({ owner }) => !codes('owner').includes(owner))).toEqual([]);
  });

  test('tag', () => {
    expect(`${OUR_CODES}tag`).toBe(SUBSCRIPTION_TAG.system);
    expect(codes('tag')).toEqual([CANARY_TAG.code, SUBSCRIPTION_TAG.code]);
  });

  test('visit-type', () => {
    expect(codes('visit-type')).toEqual(sorted([...VISIT_TYPES.map(({ code }) => code), NEW_PATIENT.code ?? '']));
  });

  test('medium, modality, consent-category', () => {
    expect([codes('medium'), codes('modality'), codes('consent-category')]).toEqual([
      ['email', 'phone', 'sms'],
      ['in-person', 'telehealth'],
      ['messaging'],
    ]);
  });

  test('request-type, from day one', () => {
    expect(codes('request-type')).toHaveLength(14);
    expect(codes('request-type')).toEqual(
      expect.arrayContaining(['records-request', 'privacy-request', 'complaint', 'clinical-concern']),
    );
  });
});

test('a reason of every kind we write is one of ours', () => {
  const used = new Set(
    WRITTEN.flatMap(([, resource]) =>
      [...JSON.stringify(resource ?? {}).matchAll(/CodeSystem\/reason","code":"([^"]+)"/g)].map(
        ([, code]) => code ?? '',
      ),
    ),
  );
  expect(used.size).toBeGreaterThan(5);
  expect([...used].filter(code => !(code in REASONS))).toEqual([]);
});

test('every identifier system we write with is named here, and no other', () => {
  const named = definitions.flatMap(({ resource }) =>
    resource.resourceType === 'NamingSystem' ? resource.uniqueId.map(({ value }) => value ?? '') : [],
  );
  expect(named.sort()).toEqual(
    [MESSAGE_KEY_SYSTEM, TASK_KEY_SYSTEM, INBOUND_KEY_SYSTEM, REPLY_KEY_SYSTEM, CANARY_KEY_SYSTEM].sort(),
  );
});

test('the canary is valid R4, and about nobody', () => {
  const canary = canaryOf('0e9c', '2026-11-23T16:00:00.000Z');
  expect(problemsOf(canary)).toEqual([]);
  expect(Object.keys(canary).sort()).toEqual([
    'identifier',
    'meta',
    'note',
    'resourceType',
    'sent',
    'status',
    'statusReason',
  ]);
});

test('the link of a video visit is the extension the code reads', () => {
  expect(profileAt(`${LOOPKEEPER}/StructureDefinition/telehealth-link`)?.context?.[0]?.expression).toBe('Appointment');
  expect(TELEHEALTH_LINK_URL).toBe(`${LOOPKEEPER}/StructureDefinition/telehealth-link`);
});

const CONSENT = `${LOOPKEEPER}/StructureDefinition/loopkeeper-consent`;

test('the practice of the sandbox uses our extension and codes rightly, and its Consents meet our profile', () => {
  const all = practice('2026-11-18T15:30:00.000Z');
  const asOurs = all.flatMap(one => (one.resourceType === 'Consent' ? [{ ...one, meta: { profile: [CONSENT] } }] : []));
  const video = all.filter(one => one.resourceType === 'Appointment' && one.extension?.length);
  expect([asOurs.length > 0, video.length > 0]).toEqual([true, true]);
  expect([...asOurs, ...video].flatMap(problemsOf)).toEqual([]);
});
