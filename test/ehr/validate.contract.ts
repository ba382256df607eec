import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { whyNot } from '../hapi/build.ts';
import { filesToValidate, jsonFilesIn } from '../hapi/files-to-validate.ts';
import { type Finding, findingsIn, idle, unexplained } from '../hapi/validate.ts';

const missing = whyNot();
const WRONG = {
  'no-such-code': { resourceType: 'Task', status: 'requested', intent: 'order', priority: 'soonish' },
  'no-such-element': { resourceType: 'Task', status: 'requested', intent: 'order', colour: 'red' },
  'not-as-our-profile-wants': {
    resourceType: 'Task',
    meta: { profile: ['https://loopkeeper.org/fhir/StructureDefinition/loopkeeper-task'] },
    status: 'requested',
    intent: 'order',
  },
  'no-profile-of-ours': {
    resourceType: 'Task',
    meta: { profile: ['https://loopkeeper.org/fhir/StructureDefinition/loopkeeper-tusk'] },
    status: 'requested',
    intent: 'order',
  },
};

/** Runs last (see vitest.config.ts), when everything there is to write has been written. */
describe.skipIf(missing)(`HAPI's validator${missing ? `: ${missing}` : ''}`, () => {
  let folder = '';
  const wrong = (name: string) => join(folder, `${name}.json`);
  let findings: Finding[] = [];
  let files: string[] = [];
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'loopkeeper-validate-'));
    files = [...filesToValidate(folder), ...distinct(jsonFilesIn(inject('collected')))];
    for (const [name, resource] of Object.entries(WRONG)) writeFileSync(wrong(name), JSON.stringify(resource));
    findings = findingsIn([...files, ...Object.keys(WRONG).map(wrong)]);
  }, 120_000);
  afterAll(() => rmSync(folder, { recursive: true }));

  test('finds no fault with what we ship, what the code can write, and what was written in this run', () => {
    expect(files.length).toBeGreaterThan(90);
    expect(unexplained(findings).filter(each => files.includes(each.file))).toEqual([]);
  });

  test.each(Object.keys(WRONG))('would notice: %s', name => {
    const about = unexplained(findings).filter(each => each.file === wrong(name));
    expect(about.map(each => each.severity)).toContain('error');
  });

  test('has not become wiser: every explanation is still needed', () => {
    expect(idle(findings)).toEqual([]);
  });
});

/** A run writes hundreds that differ in ids and times alone. */
function distinct(paths: string[]): string[] {
  const shape = (path: string) =>
    readFileSync(path, 'utf8').replaceAll(/"(value|id|description|versionId)":"[^"]*"/g, '');
  return [...new Map(paths.map(path => [shape(path), path])).values()];
}
