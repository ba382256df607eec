import type { Subscription } from '@medplum/fhirtypes';
import { describe, expect, test } from 'vitest';
import { type DesiredOptions, desiredSubscriptions, type WireSubscription } from '../../sync/fhir/subscribe/desired.ts';
import { subscriptionDiff } from '../../sync/fhir/subscribe/diff.ts';
import { subscriptionHealth } from '../../sync/fhir/subscribe/subscribe.ts';
import { profileOf } from './support/profiles.ts';

const ENDPOINT = 'https://sync.example.org/hooks/fhir/conn-1';
const TOPIC = 'http://x/SubscriptionTopic/appointment-change';

const options = (vendor: string, more: Partial<DesiredOptions> = {}): DesiredOptions => ({
  profile: profileOf(vendor),
  endpoint: ENDPOINT,
  secret: 'correct-horse-battery',
  types: [{ type: 'Appointment', push: 'criteria' }],
  ...more,
});
const only = (vendor: string, more: Partial<DesiredOptions> = {}): WireSubscription =>
  desiredSubscriptions(options(vendor, more))[0]!;

describe('what is wanted', () => {
  test('HAPI: the widest criteria, and deletions by the extension inside of the channel', () => {
    expect(only('hapi')).toMatchObject({
      status: 'requested',
      criteria: 'Appointment?',
      reason: 'Loopkeeper hears of changes to Appointment.',
      meta: { tag: [{ system: 'https://loopkeeper.org/fhir/CodeSystem/tag', code: 'subscription' }] },
      channel: {
        type: 'rest-hook',
        endpoint: ENDPOINT,
        payload: 'application/fhir+json',
        header: ['X-Loopkeeper-Secret: correct-horse-battery'],
        extension: [
          { url: 'http://hapifhir.io/fhir/StructureDefinition/subscription-send-delete-messages', valueBoolean: true },
        ],
      },
    });
  });

  test('Medplum: active at once, signed, many tries', () => {
    const want = only('medplum', { signingSecret: 'k' });
    expect(want.status).toBe('active');
    expect(want.extension).toEqual([
      { url: 'https://medplum.com/fhir/StructureDefinition/subscription-max-attempts', valueInteger: 18 },
      { url: 'https://www.medplum.com/fhir/StructureDefinition/subscription-secret', valueString: 'k' },
    ]);
  });

  test('a topic: canonical as criteria, a filter, ids only', () => {
    const want = only('hapi', { types: [{ type: 'Appointment', push: 'topic', topics: [TOPIC] }] });
    expect(want.criteria).toBe(TOPIC);
    expect(want._criteria?.extension[0]?.valueString).toBe('Appointment?');
    expect(want.channel._payload?.extension[0]?.valueCode).toBe('id-only');
    expect(want.meta?.profile).toHaveLength(1);
  });

  test.each([
    ['nothing is pushed', 'hapi', { types: [{ type: 'Appointment', push: 'none' as const }] }],
    ['athenahealth is registered by hand', 'athenahealth', {}],
  ])('%s: none', (_, vendor, more) => {
    expect(desiredSubscriptions(options(vendor, more))).toEqual([]);
  });

  test.each([
    ['a colon, where Medplum would cut', { secret: 'correct:horse:battery' }],
    ['a line break', { secret: 'correct-horse\r\nX-Evil: 1' }],
    ['too short a secret', { secret: 'short' }],
    ['an endpoint with a query', { endpoint: `${ENDPOINT}?x=1` }],
    ['an endpoint with a slash', { endpoint: `${ENDPOINT}/` }],
  ])('%s is refused', (_, more) => {
    expect(() => desiredSubscriptions(options('hapi', more))).toThrow(/must have/);
  });
});

const NOW = '2026-11-23T16:00:00.000Z';

describe('the difference', () => {
  const want = only('hapi');
  const has = (more: Partial<Subscription> = {}, id = '1'): Subscription => ({
    ...want,
    id,
    status: 'active',
    ...more,
    meta: { ...want.meta, versionId: '2', ...more.meta },
  });
  const channel = (more: Partial<Subscription['channel']>) => ({ channel: { ...want.channel, ...more } });
  const diffOf = (...actual: Subscription[]) => {
    const { create, update, remove, keep, elsewhere } = subscriptionDiff([want], actual, ENDPOINT, NOW);
    return {
      create: create.length,
      update: update.map(u => u.why),
      remove: remove.map(r => `${r.have.id}: ${r.why}`),
      keep: keep.map(k => k.have.id),
      elsewhere: elsewhere.map(e => e.id),
    };
  };
  const none = { create: 0, update: [], remove: [], keep: [], elsewhere: [] };

  test.each<[string, Subscription[], Partial<ReturnType<typeof diffOf>>]>([
    ['nothing there', [], { create: 1 }],
    ['as it should be', [has()], { keep: ['1'] }],
    ['not yet taken up', [has({ status: 'requested' })], { keep: ['1'] }],
    [
      'with additions of the server',
      [
        has({
          ...channel({ extension: [...(want.channel.extension ?? []), { url: 'x' }] }),
          end: '2030-01-01T00:00:00Z',
        }),
      ],
      { keep: ['1'] },
    ],
    ['given up', [has({ status: 'error' })], { update: ['The EHR has given up on it.'] }],
    [
      'given up for our certificate',
      [has({ status: 'error', error: 'PKIX path building failed: POST of Canary' })],
      { update: ['The EHR has given up on it: it does not trust our certificate.'] },
    ],
    [
      'given up for a door that is not there',
      [has({ status: 'error', error: 'Connect to sync.example.org refused' })],
      { update: ['The EHR has given up on it: it did not reach our door.'] },
    ],
    ['about to end', [has({ end: '2026-11-24T15:00:00Z' })], { update: ['It ends within a day.'] }],
    ['switched off', [has({ status: 'off' })], { update: ['It is switched off.'] }],
    [
      'an old secret',
      [has(channel({ header: ['X-Loopkeeper-Secret: old'] }))],
      { update: ['Its secret is another one.'] },
    ],
    ['without the extension', [has(channel({ extension: [] }))], { update: ['It lacks an extension.'] }],
    ['without payload', [has(channel({ payload: undefined }))], { update: ['It is delivered in another way.'] }],
    [
      'below our endpoint',
      [has(channel({ endpoint: `${ENDPOINT}/x` }))],
      { update: ['It leads to another endpoint.'] },
    ],
    ['twice', [has({ status: 'error' }, '1'), has({}, '2')], { keep: ['2'], remove: ['1: It is there twice.'] }],
    [
      'one we no longer want',
      [has(), has({ criteria: 'Task?' }, '2')],
      { keep: ['1'], remove: ['2: It is no longer wanted.'] },
    ],
    ["somebody else's", [has({ meta: { tag: [] } })], { create: 1 }],
    [
      'another installation',
      [has(channel({ endpoint: 'https://staging.example.org/hooks/fhir/conn-1' }))],
      { create: 1, elsewhere: ['1'] },
    ],
    [
      'a connection whose name begins alike',
      [has(channel({ endpoint: `${ENDPOINT}7` }))],
      { create: 1, elsewhere: ['1'] },
    ],
  ])('%s', (_, actual, expected) => {
    expect(diffOf(...actual)).toEqual({ ...none, ...expected });
  });

  test('Medplum never activates what is only requested', () => {
    const wanted = only('medplum');
    const { update } = subscriptionDiff([wanted], [{ ...wanted, id: '1', status: 'requested' }], ENDPOINT, NOW);
    expect(update[0]?.why).toBe('It was never switched on.');
  });

  test('is told to a person without secrets and without what the EHR wrote', () => {
    const actual = [has({ status: 'error', error: 'POST of Canary failed' }), has({ criteria: 'Task?' }, '2')];
    const told = subscriptionHealth(subscriptionDiff([want], actual, ENDPOINT, NOW));
    expect(told.map(t => [t.criteria, t.state, t.reference])).toEqual([
      ['Appointment?', 'wrong', 'Subscription/1'],
      ['Task?', 'unwanted', 'Subscription/2'],
    ]);
    expect(JSON.stringify(told)).not.toMatch(/Canary|horse/);
  });
});
