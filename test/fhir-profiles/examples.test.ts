import type { Resource } from '@medplum/fhirtypes';
import { describe, expect, test } from 'vitest';
import { FOLLOWED_TYPES } from '../../sync/domain/policy/subscription-wishes.ts';
import { topics } from '../sandbox/subscription/topic.ts';
import { problemsOf } from './support/check.ts';
import { definitions, examples, profiles } from './support/library.ts';
import { SUBSCRIPTIONS, topicName, topicsWanted } from './support/subscriptions.ts';

describe('every example', () => {
  test.each(examples)('$name is valid R4 and meets the profiles it names', ({ resource }) => {
    expect(problemsOf(resource)).toEqual([]);
  });

  test.each(examples)('$name is named after what it holds', ({ name, resource }) => {
    expect(name).toBe(`${resource.resourceType}-${resource.id}`);
  });

  test.each(examples)('$name: nobody real could be reached by it', ({ resource }) => {
    const text = JSON.stringify(resource);
    expect(
      text.match(/[2-9]\d{2}[)-]? ?\d{3}-?\d{4}\b/g)?.filter(number => !/555-?01\d\d$/.test(number)) ?? [],
    ).toEqual([]);
    expect(text.match(/[\w.]+@[\w.]+[a-z]/g)?.filter(address => !address.endsWith('@example.org')) ?? []).toEqual([]);
  });

  test('whom and what they speak of is among them', () => {
    const names = examples.map(({ resource }) => `${resource.resourceType}/${resource.id}`);
    const spokenOf = examples.flatMap(({ resource }) =>
      [...JSON.stringify(resource).matchAll(/"reference":"([^"]+)"/g)].map(([, reference]) => reference ?? ''),
    );
    expect(spokenOf.length).toBeGreaterThan(20);
    expect(spokenOf.filter(reference => !names.includes(reference))).toEqual([]);
  });
});

test.each(profiles)('$id has two examples or more', ({ url = '' }) => {
  const uses = (resource: Resource) => JSON.stringify(resource).includes(`"${url}"`);
  expect(examples.filter(({ resource }) => uses(resource)).length).toBeGreaterThanOrEqual(2);
});

test.each(Object.entries(SUBSCRIPTIONS))('Subscription %s is what the service would write', (id, wanted) => {
  const example = examples.find(({ name }) => name === `Subscription-${id}`);
  expect(example?.resource).toEqual({ id, ...wanted });
});

describe('topics', () => {
  const R5 = 'http://hl7.org/fhir/5.0/StructureDefinition/extension-SubscriptionTopic';
  const R4B = 'http://hl7.org/fhir/4.3/StructureDefinition/extension-SubscriptionTopic';
  const basics = definitions.flatMap(({ resource }) => (resource.resourceType === 'Basic' ? [resource] : []));
  const urlOf = ({ extension = [] }: { extension?: { url?: string; valueUri?: string }[] }) =>
    extension.find(({ url }) => url === `${R5}.url`)?.valueUri;

  test('there is one for every type the service follows', () => {
    expect(basics.map(urlOf).sort()).toEqual([...topicsWanted].sort());
  });

  test.each(FOLLOWED_TYPES)('that of %s is triggered by create, update and delete', type => {
    const topic = basics.find(({ id }) => id === topicName(type));
    const trigger = topic?.extension?.find(({ url }) => url === `${R4B}.resourceTrigger`)?.extension ?? [];
    expect(trigger.find(({ url }) => url === 'resource')?.valueUri).toBe(type);
    expect(trigger.flatMap(({ valueCode }) => valueCode ?? [])).toEqual(['create', 'update', 'delete']);
    expect(topic?.modifierExtension).toEqual([{ url: `${R5}.status`, valueCode: 'active' }]);
  });

  test('the sandbox calls its own by the same names', () => {
    expect(topics.filter(({ name, type }) => name !== topicName(type))).toEqual([]);
  });
});
