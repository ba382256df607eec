import type { StructureDefinition } from '@medplum/fhirtypes';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { baseDefinition } from './support/base.ts';
import { problemsOf } from './support/check.ts';
import { codeSystems, definitions, FOLDER, profileAt, profiles, valueSets } from './support/library.ts';
import { snapshotOf } from './support/snapshot.ts';

describe('every file', () => {
  test.each(definitions)('$name is valid R4', ({ resource }) => {
    expect(problemsOf(resource)).toEqual([]);
  });

  test.each(definitions)('$name is named after what it holds', ({ name, resource }) => {
    expect(name).toBe(`${resource.resourceType}-${resource.id}`);
  });

  test('there is something of each kind', () => {
    const types = new Set(definitions.map(({ resource }) => resource.resourceType));
    expect([...types].sort()).toEqual(['Basic', 'CodeSystem', 'NamingSystem', 'StructureDefinition', 'ValueSet']);
  });
});

/** A NamingSystem and a Basic have no such elements in R4; the topics carry theirs in extensions. */
const Canonical = z.looseObject({
  url: z.string(),
  version: z.string().regex(/^\d+\.\d+\.\d+$/),
  name: z.string().regex(/^[A-Z][A-Za-z0-9]+$/),
  title: z.string().min(5),
  status: z.literal('draft'),
  date: z.iso.date(),
  publisher: z.literal('Loopkeeper'),
  description: z.string().min(20),
});

describe('every canonical resource', () => {
  const canonical = [...profiles, ...codeSystems, ...valueSets];

  test.each(canonical)('$url says what it is and who publishes it', resource => {
    expect(Canonical.parse(resource).url).toBe(`https://loopkeeper.org/fhir/${resource.resourceType}/${resource.id}`);
  });

  test('no two share a url or a name', () => {
    expect(new Set(canonical.map(({ url }) => url)).size).toBe(canonical.length);
    expect(new Set(canonical.map(({ name }) => name)).size).toBe(canonical.length);
  });

  test.each(codeSystems)('CodeSystem $id and its value set point at each other', ({ url, valueSet }) => {
    const set = valueSets.find(one => one.url === valueSet);
    expect(set?.compose?.include).toEqual([{ system: url }]);
  });

  test.each(codeSystems)('CodeSystem $id has words for every code, and each once', ({ concept = [] }) => {
    expect(concept.filter(({ display }) => !display)).toEqual([]);
    expect(new Set(concept.map(({ code }) => code)).size).toBe(concept.length);
  });
});

describe('every profile', () => {
  test.each(profiles)('$id: the snapshot is what the differential makes of the base', profile => {
    expect(profile.snapshot?.element, `run: node test/${FOLDER}/support/write.ts`).toEqual(
      snapshotOf(profile, baseDefinition),
    );
  });

  test.each(profiles)('$id: every value set it binds to is here', ({ differential }) => {
    const bound = (differential?.element ?? []).flatMap(({ binding }) => binding?.valueSet ?? []);
    expect(bound.filter(url => !valueSets.some(set => set.url === url))).toEqual([]);
  });

  const task = profileAt('https://loopkeeper.org/fhir/StructureDefinition/loopkeeper-task') as StructureDefinition;
  test.each([
    ['an element R4 does not have', { id: 'Task.colour', path: 'Task.colour' }],
    ['more than the base allows', { id: 'Task.focus', path: 'Task.focus', max: '*' }],
    ['fewer than the base asks for', { id: 'Task.intent', path: 'Task.intent', min: 0 }],
    ['a slice of what is not sliced', { id: 'Task.note:ours', path: 'Task.note', sliceName: 'ours' }],
  ])('a differential with %s is refused', (_, element) => {
    expect(() => snapshotOf({ ...task, differential: { element: [element] } }, baseDefinition)).toThrow(/\.$/);
  });
});
