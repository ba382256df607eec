import type { Subscription } from '@medplum/fhirtypes';
import { describe, expect, it } from 'vitest';
import { SubscriptionWishes, WIDEST } from '../../sync/domain/policy/subscription-wishes.ts';
import type { EhrClient } from '../../sync/fhir/client.ts';
import { EhrError } from '../../sync/fhir/outcome.ts';
import { unknownParameters } from '../../sync/fhir/subscribe/criteria.ts';
import { desiredSubscriptions, type WireSubscription } from '../../sync/fhir/subscribe/desired.ts';
import { subscriptionDiff } from '../../sync/fhir/subscribe/diff.ts';
import { isNarrow, nameOf, typeOf } from '../../sync/fhir/subscribe/identity.ts';
import { applySubscriptions } from '../../sync/fhir/subscribe/subscribe.ts';
import { loadSubscriptions } from '../../sync/policy/load-subscriptions.ts';
import { formatMistakes, loadYaml } from '../../sync/policy/load-yaml.ts';
import { mappingsWith } from '../cli/mappings-copy.ts';
import { profileOf } from './support/profiles.ts';

const ENDPOINT = 'https://sync.example.org/hooks/fhir/ehr';
const NOW = '2026-11-23T16:00:00.000Z';
const TOPIC = 'http://x/SubscriptionTopic/appointment-change';
const MESA = 'Appointment?location=Location/mesa';

const wanted = (wishes: unknown, push: 'criteria' | 'topic' = 'criteria') =>
  desiredSubscriptions({
    profile: profileOf('hapi'),
    endpoint: ENDPOINT,
    secret: 'correct-horse-battery',
    types: ['Appointment', 'Consent'].map(type => ({ type, push, topics: type === 'Appointment' ? [TOPIC] : [] })),
    wishes: SubscriptionWishes.parse(wishes),
  });
const ofVisits = (wish: object, push?: 'topic') => wanted({ resources: { Appointment: wish } }, push);

describe('What the practice wishes for', () => {
  it('is all of every type as shipped, and without the file', () => {
    expect(loadSubscriptions('mappings')).toMatchObject({ value: WIDEST });
    expect(loadSubscriptions(mappingsWith(['subscriptions.yaml']))).toEqual({ value: WIDEST });
    expect(wanted({}).map(nameOf)).toEqual(['Appointment?', 'Consent?']);
  });

  it.each<[string, WireSubscription[], (string | undefined)[]]>([
    [
      'one location each',
      ofVisits({ criteria: [MESA, 'Appointment?location=Location/7'] }),
      [MESA, 'Appointment?location=Location/7', 'Consent?'],
    ],
    ['a topic with a filter', ofVisits({ criteria: [MESA] }, 'topic'), [`${TOPIC} (${MESA})`]],
    ['a topic without', ofVisits({}, 'topic'), [TOPIC]],
    ['none of a type', ofVisits({ subscribe: false }), ['Consent?']],
  ])('%s', (_, subscriptions, names) => {
    expect(subscriptions.map(nameOf)).toEqual(names);
    expect(subscriptions.map(typeOf)).toEqual(names.map(name => (name === 'Consent?' ? 'Consent' : 'Appointment')));
    expect(subscriptions.map(isNarrow)).toEqual(names.map(name => name?.includes('location=')));
  });

  it('is sent in the form that was asked for', () => {
    const [bell] = ofVisits({ payload: { criteria: 'empty' } });
    expect(bell?.channel).not.toHaveProperty('payload');
    const [whole] = ofVisits({ payload: { topic: 'full-resource' } }, 'topic');
    expect(whole?.channel._payload?.extension[0]?.valueCode).toBe('full-resource');
    const [usual, consent] = wanted({
      headers: ['X-Site: riverside'],
      resources: { Appointment: { headers: ['X-Of: visits'] } },
    });
    expect(usual?.channel.header).toEqual([
      'X-Loopkeeper-Secret: correct-horse-battery',
      'X-Site: riverside',
      'X-Of: visits',
    ]);
    expect(consent?.channel.header).toEqual(['X-Loopkeeper-Secret: correct-horse-battery', 'X-Site: riverside']);
  });

  const MISTAKES: [yaml: string, said: RegExp][] = [
    [
      'resources:\n  Appointment:\n    criteria: [Task?status=ready]',
      /^s:3:16: `resources\.Appointment\.criteria\[0\]` must begin with `Appointment\?`\.$/,
    ],
    [
      'resources:\n  Appointment:\n    criteria: [location=7]',
      /^s:3:16: .* must be a search without its base, such as/,
    ],
    ['resources:\n  Appointment:\n    criteria: ["Appointment?a=b c"]', /must be a search/],
    [`resources:\n  Appointment:\n    criteria: [${MESA}, ${MESA}]`, /^s:3:\d+: .* must not hold the same twice\.$/],
    ['resources:\n  Appointmnt: {}', /^s:2:3: .*Appointmnt/],
    [
      'resources:\n  Appointment: { payload: { criteria: id-only } }',
      /^s:2:39: .* must be one of empty, full-resource/,
    ],
    ['headers: ["Authorization: Bearer CANARY"]', /^s:1:11: `headers\[0\]` must be nothing secret/],
    ['headers: ["X-Url: https://a.b"]', /lose what follows a second colon/],
    ['headers: ["X-A: 1\\r\\nX-Evil: 2"]', /on one line/],
    ['canary: { every: soon }', /^s:1:18: `canary\.every` must be an ISO 8601 duration such as PT48H or P7D\.$/],
    ['canary: { active: true, every: PT1M }', /^s:1:32: `canary\.every` must be PT5M or longer/],
    [
      'canary: { active: true }\nresources: { Communication: { payload: { criteria: empty } } }',
      /^s:1:19: `canary\.active` needs all of Communication, with a payload that names it/,
    ],
    [
      'canary: { active: true }\nresources: { Communication: { criteria: ["Communication?_tag=a|b"] } }',
      /^s:1:19: `canary\.active` needs all of Communication/,
    ],
    ['headers: []\nresource: {}', /^s:2:1: The key `resource` is not known here; did you mean `resources`\?$/],
  ];
  it.each(MISTAKES)('%j is a mistake at its line', (yaml, said) => {
    const loaded = loadYaml(SubscriptionWishes, 's', yaml);
    expect('mistakes' in loaded && formatMistakes(loaded.mistakes)).toMatch(said);
    expect(JSON.stringify(loaded)).not.toContain('CANARY');
  });

  it('names what the EHR does not search by: on some servers such criteria never fire', () => {
    const capability = { types: { Appointment: { searchParameters: ['date', 'location'] } } } as never;
    const wishes = SubscriptionWishes.parse({
      resources: { Appointment: { criteria: [MESA, 'Appointment?_tag=a|b', 'Appointment?locaton:not=Location/7'] } },
    });
    expect(unknownParameters({ wishes, capability })).toEqual([
      'Appointment?locaton:not=Location/7 The EHR declares no search parameter `locaton` of Appointment: it may never fire.',
    ]);
  });
});

describe('The difference, element by element', () => {
  const has = (want: WireSubscription, more: Partial<Subscription> = {}): Subscription => ({
    ...want,
    id: '1',
    status: 'active',
    ...more,
  });
  const [usual] = wanted({});
  const drift = (want: WireSubscription[], ...actual: Subscription[]) =>
    subscriptionDiff(want, actual, ENDPOINT, NOW).update.flatMap(({ drift: all }) => all);
  const channel = (more: object) => ({ channel: { ...usual!.channel, ...more } });

  it.each<[string, Subscription, [element: string, is: string[], should: string[]][]]>([
    [
      'given up, with its secret changed: the secrets are not shown',
      has(usual!, { status: 'error', ...channel({ header: ['X-Loopkeeper-Secret: CANARY'] }) }),
      [
        ['status', ['error'], ['active']],
        [
          'channel.header',
          ['X-Loopkeeper-Secret: (another secret)'],
          ['X-Loopkeeper-Secret: (the secret that is set)'],
        ],
      ],
    ],
    [
      'a header that somebody added may be a password',
      has(usual!, channel({ header: [...usual!.channel.header!, 'Authorization: CANARY'] })),
      [['channel.header', ['Authorization: (hidden)'], []]],
    ],
    [
      'an endpoint with a query',
      has(usual!, channel({ endpoint: `${ENDPOINT}/x?key=CANARY` })),
      [['channel.endpoint', [`${ENDPOINT}/x?(hidden)`], [ENDPOINT]]],
    ],
    ['ends soon', has(usual!, { end: '2026-11-23T17:00:00Z' }), [['end', ['2026-11-23T17:00:00Z'], []]]],
    [
      'another payload',
      has(usual!, channel({ payload: undefined })),
      [['channel.payload', [], ['application/fhir+json']]],
    ],
    [
      'no word of deletions',
      has(usual!, channel({ extension: [] })),
      [['channel.extension', [], ['subscription-send-delete-messages = true']]],
    ],
    [
      'the other word',
      has(usual!, channel({ extension: [{ ...usual!.channel.extension![0]!, valueBoolean: false }] })),
      [
        [
          'channel.extension',
          ['subscription-send-delete-messages = false'],
          ['subscription-send-delete-messages = true'],
        ],
      ],
    ],
  ])('%s', (_, have, expected) => {
    const told = drift([usual!], have);
    expect(told.map(({ element, is, should }) => [element, is, should])).toEqual(expected);
    expect(JSON.stringify(told)).not.toMatch(/CANARY|horse/);
  });

  it('of the key of a signature says only that it is another', () => {
    const signed = (signingSecret: string) =>
      desiredSubscriptions({
        profile: profileOf('medplum'),
        endpoint: ENDPOINT,
        secret: 'correct-horse-battery',
        signingSecret,
        types: [{ type: 'Appointment', push: 'criteria' }],
      });
    const told = drift(signed('horse'), has(signed('CANARY')[0]!));
    expect(told[0]).toMatchObject({
      is: ['subscription-secret = (hidden)'],
      should: ['subscription-secret = (hidden)'],
    });
    expect(JSON.stringify(told)).not.toMatch(/CANARY|horse/);
  });

  it('a filter that somebody narrowed would lose messages: it is put right', () => {
    const [want] = wanted({}, 'topic');
    const narrowed = {
      ...has(want!),
      _criteria: { extension: [{ ...want!._criteria!.extension[0]!, valueString: MESA }] },
    };
    expect(drift([want!], narrowed).map(({ is, should }) => [is, should])).toEqual([
      [[`backport-filter-criteria = ${MESA}`], ['backport-filter-criteria = Appointment?']],
    ]);
  });

  it('changes criteria where they stand, so that there is no moment without any', () => {
    const [narrow] = ofVisits({ criteria: [MESA] });
    const diff = subscriptionDiff([narrow!], [has(usual!)], ENDPOINT, NOW);
    expect([diff.create, diff.remove]).toEqual([[], []]);
    expect(diff.update[0]?.drift).toMatchObject([{ element: 'criteria', is: ['Appointment?'], should: [MESA] }]);
  });

  it('of several it keeps those that are as wanted, and changes the one that is left', () => {
    const two = ofVisits({ criteria: [MESA, 'Appointment?location=Location/7'] }).slice(0, 2);
    const actual = [
      { ...has(usual!), id: 'old' },
      { ...has(two[1]!), id: 'seven' },
      { ...has(usual!), id: 'older' },
    ];
    const diff = subscriptionDiff(two, actual, ENDPOINT, NOW);
    expect(diff.keep.map(({ have }) => have.id)).toEqual(['seven']);
    expect(diff.update.map(({ have, want }) => [have.id, nameOf(want)])).toEqual([['old', MESA]]);
    expect(diff.remove.map(({ have }) => have.id)).toEqual(['older']);
  });
});

it('What the EHR refuses keeps nothing else from being made, and nothing is taken away for it', async () => {
  const done: string[] = [];
  const client: Pick<EhrClient, 'create' | 'update' | 'remove'> = {
    async create(resource) {
      if ((resource as Subscription).criteria === 'Appointment?')
        throw new EhrError('It answered 422.', { code: 'refused', retry: 'never', status: 422 });
      done.push('create');
      return { resource: { ...resource, id: '5' }, created: true };
    },
    update: () => Promise.reject(new Error('Nothing is updated.')),
    async remove() {
      done.push('remove');
    },
  };
  const gone = { have: { ...wanted({})[0]!, id: 'old' }, why: 'It does not work.' };
  const diff = { create: wanted({}), update: [], remove: [gone], keep: [], elsewhere: [] };
  expect(await applySubscriptions(client, diff)).toMatchObject({
    created: ['Subscription/5'],
    removed: [],
    refused: ['Appointment?'],
  });
  expect(done).toEqual(['create']);
});
