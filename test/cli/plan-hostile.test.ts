import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { fatesOf } from '../../sync/cli/fate.ts';
import { readInput } from '../../sync/cli/plan-input.ts';
import { planJson } from '../../sync/cli/plan-json.ts';
import { show } from '../../sync/cli/plan-view.ts';
import { planned } from '../../sync/cli/planned-patient.ts';
import { practice } from '../sandbox/practice/practice.ts';
import { shippedPolicy } from '../support/policy.ts';
import { listener, scratch } from './hears.ts';

const NOW = '2026-11-21T15:00:00.000Z';
const { file } = scratch();
/** Raise it for an hour's search; what it finds becomes a case of a table. */
const EFFORT = 1;
const TYPES = ['Patient', 'RelatedPerson', 'Appointment', 'Consent', 'Communication', 'Location', 'ServiceRequest'];

const HL7 = 'test/fixtures/hl7';
const published = readdirSync(HL7)
  .filter(name => name.endsWith('.json'))
  .map(name => JSON.parse(readFileSync(join(HL7, name), 'utf8')));
const seeded = TYPES.flatMap(type =>
  practice(NOW)
    .filter(resource => resource.resourceType === type)
    .slice(0, 40),
);
const SOUND: unknown[] = [...published, ...seeded];

type Path = (string | number)[];

function pathsIn(value: unknown, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [path];
  return [
    path,
    ...Object.entries(value).flatMap(([key, one]) => pathsIn(one, [...path, Array.isArray(value) ? Number(key) : key])),
  ];
}

function put(value: unknown, [step, ...rest]: Path, wrong: unknown): unknown {
  if (step === undefined) return wrong;
  if (Array.isArray(value)) return value.map((one, i) => (i === step ? put(one, rest, wrong) : one));
  return { ...(value as object), [step]: put((value as Record<string, unknown>)[step as string], rest, wrong) };
}

const WORDS = [
  '',
  'zzcanary',
  '#p',
  'urn:uuid:1',
  'Patient/',
  'Patient?x=y',
  '2026',
  '2026-13-45',
  '9999-12-31T23:59:59Z',
  '2026-12-02T10:30:00',
  'booked',
  '__proto__',
  '\u0000',
  '😀',
];
const wrong = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.constantFrom<unknown>(null, undefined, 0, -1, 1e308, true, false, [], {}, [null], [[]], [{}]),
  },
  { weight: 3, arbitrary: fc.constantFrom(...WORDS) },
  { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 3 }) },
);

/** A sound resource in which a few places hold something else. */
const spoilt = fc
  .tuple(fc.constantFrom(...SOUND), fc.array(fc.tuple(fc.nat(), wrong), { minLength: 1, maxLength: 4 }))
  .map(([sound, blows]) =>
    blows.reduce((value, [at, what]) => {
      const paths = pathsIn(value);
      return put(value, paths[at % paths.length] ?? [], what);
    }, sound),
  );

const documents = fc.array(spoilt, { minLength: 1, maxLength: 12 });

const policy = shippedPolicy();
const view = { policy, now: NOW, words: true, list: true };

it('plans whatever is left of resources spoilt at random, and throws at nothing', () => {
  fc.assert(
    fc.property(documents, fc.boolean(), (resources, asNew) => {
      const entry = resources.map(resource => ({ resource }));
      const input = readInput(
        [file('spoilt.json', { resourceType: 'Bundle', type: 'collection', entry })],
        policy.clinic,
      );
      const { patients } = planned(input, policy, NOW, asNew);
      const fates = fatesOf(patients, policy, NOW);
      planJson(patients, fates, input, view);
      show(patients, fates, input, view, listener());
    }),
    { numRuns: EFFORT * 500 },
  );
});

it('says of everything it was given what became of it', () => {
  fc.assert(
    fc.property(documents, resources => {
      const path = file('all.ndjson', resources.map(resource => JSON.stringify(resource) ?? 'null').join('\n'));
      const input = readInput([path], policy.clinic);
      const spokenOf = new Set([...input.findings, ...input.setAside].map(one => one.line));
      const used = new Set(input.resources.map(resource => `${resource.resourceType}/${resource.id}`));
      for (const [i, resource] of resources.entries()) {
        const { resourceType, id } = (resource ?? {}) as { resourceType?: string; id?: string };
        expect(spokenOf.has(i + 1) || used.has(`${resourceType}/${id}`)).toBe(true);
      }
    }),
    { numRuns: EFFORT * 200 },
  );
});
