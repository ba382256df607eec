import type { Communication, Consent } from '@medplum/fhirtypes';
import { describe, expect, it } from 'vitest';
import { readCommunication } from '../../../sync/domain/facts/communication.ts';
import { readConsent } from '../../../sync/domain/facts/consent.ts';
import { LOOPKEEPER } from '../../../sync/domain/facts/fhir.ts';

const medium = (...codes: string[]) =>
  codes.map(code => ({ coding: [{ system: `${LOOPKEEPER}/CodeSystem/medium`, code }] }));

const read = (changes: object) =>
  readConsent({
    resourceType: 'Consent',
    id: 'c',
    status: 'active',
    patient: { reference: 'Patient/ana' },
    category: [{ coding: [{ system: `${LOOPKEEPER}/CodeSystem/consent-category`, code: 'messaging' }] }],
    ...changes,
  } as Consent);

describe('a consent that says nothing to us', () => {
  it.each([
    ['about research', { category: [{ coding: [{ code: 'research' }] }] }],
    ['without a category', { category: undefined }],
    ['of nobody', { patient: undefined }],
    ['a draft', { status: 'draft' }],
    ['entered in error', { status: 'entered-in-error' }],
    ['no longer active', { status: 'inactive' }],
    ['permitting only what we never do', { provision: { type: 'permit', code: medium('voice') } }],
  ])('%s', (_, changes) => expect(read(changes)).toHaveProperty('unusable'));
});

describe('a consent decides', () => {
  it.each<[string, object, object]>([
    ['a permission by existing', {}, { decision: 'permit', media: [] }],
    ['a refusal of texts', { provision: { type: 'deny', code: medium('sms') } }, { decision: 'deny', media: ['sms'] }],
    [
      'a permission for two media',
      { provision: { type: 'permit', code: medium('sms', 'email') } },
      { decision: 'permit', media: ['sms', 'email'] },
    ],
    ['a rejected one refuses', { status: 'rejected' }, { decision: 'deny', media: [] }],
    [
      'nested exceptions refuse, until somebody has read them',
      { provision: { type: 'permit', provision: [{ type: 'deny' }] } },
      { decision: 'deny', media: [] },
    ],
    ['so does an unknown modifier', { modifierExtension: [{ url: 'urn:x' }] }, { decision: 'deny', media: [] }],
    [
      'a refusal of something unknown refuses everything',
      { provision: { type: 'deny', code: medium('sms', 'pigeon') } },
      { decision: 'deny', media: [] },
    ],
    [
      'a day alone: a refusal holds from its end',
      { dateTime: '2026-11-20', provision: { type: 'deny' } },
      { at: '2026-11-20T23:59:59.999Z' },
    ],
    ['a day alone: a permission from its start', { dateTime: '2026-11-20' }, { at: '2026-11-20T00:00:00.000Z' }],
    ['an end by day', { provision: { period: { end: '2026-12-31' } } }, { endsAt: '2026-12-31T23:59:59.999Z' }],
  ])('%s', (_, changes, expected) => expect(read(changes)).toMatchObject({ fact: expected }));
});

describe('what was said', () => {
  const heard = (changes: object) => {
    const result = readCommunication({
      resourceType: 'Communication',
      id: 'x',
      status: 'completed',
      ...changes,
    } as Communication);
    if ('unusable' in result) throw new Error('unusable');
    return result.fact;
  };
  it.each<[string, object, object]>([
    [
      'an echo of ours',
      { identifier: [{ system: `${LOOPKEEPER}/NamingSystem/message-key`, value: 'k' }] },
      { ours: true },
    ],
    ['by a guardian', { sender: { reference: 'RelatedPerson/m' } }, { fromPatient: true, ours: false }],
    ['by staff', { sender: { reference: 'Practitioner/p' } }, { fromPatient: false }],
    [
      'on a day: at the time it was stored',
      { sent: '2026-11-20', meta: { lastUpdated: '2026-11-20T18:00:00Z' } },
      { sent: '2026-11-20T18:00:00.000Z' },
    ],
    [
      'a reminder by topic',
      {
        topic: {
          coding: [
            { code: 'x' },
            { system: 'http://terminology.hl7.org/CodeSystem/communication-topic', code: 'appointment-reminder' },
          ],
        },
      },
      { reminder: true },
    ],
    [
      'about a visit by an absolute reference',
      { about: [{ reference: 'https://e.org/Appointment/1/_history/2' }, { display: 'x' }] },
      { about: ['Appointment/1'] },
    ],
  ])('%s', (_, changes, expected) => expect(heard(changes)).toMatchObject(expected));
});
