/**
 * Writes what follows from something else: `node test/fhir-profiles/support/write.ts` after a change to a
 * differential or to `sync/domain/reasons.ts`. A test fails when it was forgotten.
 */
import { writeFileSync } from 'node:fs';
import { REASONS } from '../../../sync/domain/reasons.ts';
import { baseDefinition } from './base.ts';
import { codeSystems, FOLDER, profiles } from './library.ts';
import { snapshotOf } from './snapshot.ts';

// One line for each element of a snapshot: spread out, they would be ten thousand, and hide every change.
for (const profile of profiles) {
  const { snapshot: _, differential, ...head } = profile;
  const lines = snapshotOf(profile, baseDefinition).map(element => `      ${JSON.stringify(element)}`);
  const outline = JSON.stringify({ ...head, snapshot: { element: '@' }, differential }, null, 2);
  const text = outline.replace('"@"', () => `[\n${lines.join(',\n')}\n    ]`);
  writeFileSync(`${FOLDER}/StructureDefinition-${profile.id}.json`, `${text}\n`);
}

const reason = codeSystems.find(system => system.id === 'reason');
const concept = Object.entries(REASONS).map(([code, display]) => ({ code, display }));
writeFileSync(`${FOLDER}/CodeSystem-reason.json`, `${JSON.stringify({ ...reason, concept }, null, 2)}\n`);
