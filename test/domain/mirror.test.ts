import type { Appointment, Resource } from '@medplum/fhirtypes';
import { describe, expect, it } from 'vitest';
import { firstStateOf, type Held, leftBy, newsOf, patientsOf, visitDigest } from '../../sync/domain/mirror.ts';

const held = (changes: Partial<Held> = {}): Held => ({
  versionId: '3',
  lastUpdated: '2026-11-20T10:00:00.000Z',
  digest: 'same',
  deleted: false,
  ...changes,
});
const came = (versionId?: string, lastUpdated?: string): Resource => ({
  resourceType: 'Patient',
  meta: { versionId, lastUpdated },
});

describe('the record was', () => {
  it.each([
    ['new', undefined, came('1'), 'same', 'new'],
    ['identical', held(), came('3', '2026-11-20T10:00:00Z'), 'same', 'identical'],
    ['updated', held(), came('4', '2026-11-20T10:01:00Z'), 'other', 'updated'],
    ['identical under a new version', held(), came('4', '2026-11-20T10:01:00Z'), 'same', 'identical'],
    ['older by its version', held(), came('2', '2026-11-20T09:55:00Z'), 'other', 'older'],
    ['set back: a lower version, made later', held(), came('2', '2026-11-20T10:05:00Z'), 'other', 'set-back'],
    ['older: nine comes before ten', held({ versionId: '10' }), came('9'), 'other', 'older'],
    ['newer: ten comes after nine', held({ versionId: '9' }), came('10'), 'other', 'updated'],
    [
      'older by the clock, for random ids',
      held({ versionId: 'b7' }),
      came('f2', '2026-11-20T09:59:59Z'),
      'other',
      'older',
    ],
    ['updated, for random ids', held({ versionId: 'f2' }), came('b7', '2026-11-20T10:00:01Z'), 'other', 'updated'],
    ['updated, in the same instant', held({ versionId: 'f2' }), came('b7', '2026-11-20T10:00:00Z'), 'other', 'updated'],
    [
      'updated, where nothing is dated',
      held({ versionId: undefined, lastUpdated: undefined }),
      came(),
      'other',
      'updated',
    ],
    [
      'older: the version that was deleted',
      held({ deleted: true }),
      came('3', '2026-11-20T10:00:00Z'),
      'same',
      'older',
    ],
    ['restored', held({ deleted: true }), came('5', '2026-11-20T12:00:00Z'), 'same', 'restored'],
    [
      'older: a stale page, without versions',
      held({ deleted: true, versionId: undefined }),
      came(undefined, '2026-11-20T10:00:00Z'),
      'same',
      'older',
    ],
    [
      'restored, without versions',
      held({ deleted: true, versionId: undefined }),
      came(undefined, '2026-11-20T11:00:00Z'),
      'same',
      'restored',
    ],
  ])('%s', (_, known, resource, digest, news) => expect(newsOf(known, resource, digest)).toBe(news));
});

const participant = (reference: string, status: 'accepted' | 'declined' | 'needs-action' = 'needs-action') => ({
  actor: { reference },
  status,
});

describe('a resource concerns', () => {
  it.each<[string, Resource, string[]]>([
    ['the patient it is', { resourceType: 'Patient', id: 'ana' }, ['Patient/ana']],
    [
      'everybody in a group, once',
      {
        resourceType: 'Appointment',
        status: 'booked',
        participant: [
          participant('Patient/ana'),
          participant('https://ehr.example.org/fhir/Patient/ben/_history/4'),
          participant('Patient/ana', 'declined'),
          participant('Practitioner/okafor'),
          { status: 'accepted', actor: { display: 'a friend' } },
        ],
      },
      ['Patient/ana', 'Patient/ben'],
    ],
    [
      'nobody, when the hour is blocked',
      { resourceType: 'Appointment', status: 'booked', participant: [participant('Practitioner/okafor')] },
      [],
    ],
    [
      'the child of a guardian',
      { resourceType: 'RelatedPerson', patient: { reference: 'Patient/leo' } },
      ['Patient/leo'],
    ],
    [
      'the subject of what was said',
      { resourceType: 'Communication', status: 'completed', subject: { reference: 'Patient/ana' } },
      ['Patient/ana'],
    ],
    [
      'nobody, for a group as subject',
      { resourceType: 'Communication', status: 'completed', subject: { reference: 'Group/diabetes' } },
      [],
    ],
    ['nobody we know of', { resourceType: 'Location' }, []],
  ])('%s', (_, resource, expected) => expect(patientsOf(resource)).toEqual(expected));
});

const appointment = (changes: Partial<Appointment> = {}): Appointment => ({
  resourceType: 'Appointment',
  id: 'one',
  status: 'booked',
  start: '2026-12-02T15:30:00Z',
  end: '2026-12-02T16:00:00Z',
  participant: [participant('Patient/ana'), participant('Practitioner/okafor'), participant('Location/riverside')],
  ...changes,
});
const all = appointment().participant;

describe('settling starts anew', () => {
  it.each<[string, Partial<Appointment>]>([
    ['when it moves', { start: '2026-12-02T16:30:00Z' }],
    ['when it is cancelled', { status: 'cancelled' }],
    ['when its place changes', { participant: [...all.slice(0, 2), participant('Location/mesa')] }],
    [
      'when the link of a video visit changes',
      {
        extension: [
          { url: 'https://loopkeeper.org/fhir/StructureDefinition/telehealth-link', valueUrl: 'https://a.example' },
        ],
      },
    ],
    ['when its patient changes', { participant: [participant('Patient/ben'), ...all.slice(1)] }],
    ['when its patient declines', { participant: [participant('Patient/ana', 'declined'), ...all.slice(1)] }],
  ])('%s', (_, changes) => expect(visitDigest(appointment(changes))).not.toBe(visitDigest(appointment())));
});

describe('settling goes on', () => {
  it.each<[string, Partial<Appointment>]>([
    ['when only the end moves', { end: '2026-12-02T16:15:00Z' }],
    ['when a comment is written', { comment: 'bring the referral', description: 'check', minutesDuration: 45 }],
    ['when the same instant is written otherwise', { start: '2026-12-02T09:30:00-06:00' }],
    ['when participants change places', { participant: [...all].reverse() }],
    ['when the patient accepts', { participant: [participant('Patient/ana', 'accepted'), ...all.slice(1)] }],
  ])('%s', (_, changes) => expect(visitDigest(appointment(changes))).toBe(visitDigest(appointment())));

  it('for a missed visit whose clinician is corrected years later', () => {
    const missed = appointment({ status: 'noshow' });
    const corrected = appointment({ status: 'noshow', participant: [all[0]!, participant('Practitioner/adeyemi')] });
    expect(visitDigest(corrected)).toBe(visitDigest(missed));
  });

  it('is unknown for a record that cannot be used', () =>
    expect(visitDigest(appointment({ modifierExtension: [{ url: 'urn:x', valueBoolean: true }] }))).toBeUndefined());
});

it('remembers for whom a visit first held', () => {
  const group = appointment({ participant: [participant('Patient/ana'), participant('Patient/ben', 'declined')] });
  expect(firstStateOf(group)).toMatchObject({ live: true, patients: ['Patient/ana'] });
  expect(firstStateOf(appointment({ status: 'proposed', start: undefined }))).toMatchObject({ live: false });
});

describe('who has left a visit, and when', () => {
  const [T1, T2] = ['2026-11-23T16:01:00.000Z', '2026-11-23T17:00:00.000Z'];
  const on = (...ids: string[]): Appointment => ({
    resourceType: 'Appointment',
    id: 'one',
    status: 'booked',
    start: '2026-11-27T16:00:00Z',
    participant: ids.map(id => ({ actor: { reference: `Patient/${id}` }, status: 'accepted' })),
  });
  it.each<[string, Appointment, Appointment | undefined, Record<string, string> | undefined, object | undefined]>([
    ['nobody', on('ana'), undefined, undefined, undefined],
    ['nobody, where one more has come', on('ana', 'ben'), on('ana'), undefined, undefined],
    ['who was on it', on('ben'), on('ana'), undefined, { 'Patient/ana': T2 }],
    ['at the time they first did', on('ben'), on('ben'), { 'Patient/ana': T1 }, { 'Patient/ana': T1 }],
    ['no more, once back', on('ana'), on('ben'), { 'Patient/ana': T1 }, { 'Patient/ben': T2 }],
  ])('%s', (_, now, before, left, expected) => expect(leftBy(now, before, left, T2)).toEqual(expected));
});
