import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Bundle, Resource } from '@medplum/fhirtypes';
import { readAppointment } from '../domain/facts/appointment.ts';
import { readConsent } from '../domain/facts/consent.ts';
import type { Finding } from '../domain/facts/fact.ts';
import { idOf } from '../domain/facts/fhir.ts';
import { readPatient, readRelatedPerson } from '../domain/facts/patient.ts';

export interface Input {
  resources: Resource[];
  /** Everything that cannot be used, or only in part, each with the file it stands in. */
  findings: (Finding & { file: string })[];
}

const LIMIT_BYTES = 20 * 1024 * 1024;
const USED = ['Appointment', 'Patient', 'RelatedPerson', 'Consent', 'Communication', 'ServiceRequest'];
/** Belong to a schedule and decide nothing here. */
const KNOWN = ['Practitioner', 'PractitionerRole', 'Location', 'Organization', 'Schedule', 'Slot', 'Encounter', 'Task'];

/** Reads FHIR JSON from files and folders: single resources, Bundles, NDJSON. A bad file stops nothing but itself. */
export function readInput(paths: string[]): Input {
  const input: Input = { resources: [], findings: [] };
  for (const path of paths) {
    const files = listed(path);
    if (!files) input.findings.push({ file: path, about: path, problem: 'There is no such file or folder.' });
    for (const file of files ?? []) readFile(file, input);
  }
  return input;
}

function listed(path: string): string[] | undefined {
  try {
    if (!statSync(path).isDirectory()) return [path];
    const names = readdirSync(path, { recursive: true, encoding: 'utf8' }).sort();
    return names.filter(name => /\.(json|ndjson)$/.test(name)).map(name => join(path, name));
  } catch {
    return undefined;
  }
}

function readFile(file: string, input: Input): void {
  const problem = (text: string) => {
    input.findings.push({ file, about: file, problem: text });
  };
  if (statSync(file).size > LIMIT_BYTES) {
    problem('It is larger than 20 MB; split it.');
    return;
  }
  for (const [line, text] of documentsIn(file, readFileSync(file, 'utf8'))) {
    const where = line === undefined ? '' : `Line ${line}: `;
    const value = parsed(text);
    if (value === undefined) problem(`${where}It is not JSON.`);
    else if (isDeep(value)) problem(`${where}It is nested too deeply to be FHIR.`);
    else for (const one of unbundled(value)) take(one, file, where, input);
  }
}

const documentsIn = (file: string, text: string): [line: number | undefined, text: string][] =>
  file.endsWith('.ndjson')
    ? text.split('\n').flatMap((line, i): [number, string][] => (line.trim() ? [[i + 1, line]] : []))
    : [[undefined, text]];

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Far more levels than any resource has, and far fewer than break a recursion. */
const DEEPEST = 100;

function isDeep(value: unknown): boolean {
  let level: unknown[] = [value];
  for (let depth = 0; depth < DEEPEST; depth += 1) {
    level = level.flatMap(one => (typeof one === 'object' && one !== null ? Object.values(one) : []));
    if (level.length === 0) return false;
  }
  return true;
}

const unbundled = (value: unknown): unknown[] =>
  isResource(value) && value.resourceType === 'Bundle'
    ? ((value as Bundle).entry ?? []).map(entry => entry.resource)
    : [value];

const isResource = (value: unknown): value is Resource =>
  typeof value === 'object' && value !== null && 'resourceType' in value && typeof value.resourceType === 'string';

function take(value: unknown, file: string, where: string, input: Input): void {
  const problem = (about: string, text: string): void => {
    input.findings.push({ file, about, problem: `${where}${text}` });
  };
  if (!isResource(value)) {
    problem(file, 'It is not a FHIR resource: it has no resourceType.');
    return;
  }
  const type = value.resourceType;
  if (!USED.includes(type)) {
    if (!KNOWN.includes(type)) problem(type, `${type} has no part in what patients are told.`);
    return;
  }
  if (!value.id) {
    problem(type, 'It has no id, so nothing can refer to it.');
    return;
  }
  try {
    for (const finding of findingsOf(value)) input.findings.push({ ...finding, file });
    input.resources.push(value);
  } catch {
    problem(idOf(value), 'Its elements are not of the types that FHIR gives them.');
  }
}

function findingsOf(resource: Resource): Finding[] {
  const read =
    resource.resourceType === 'Appointment'
      ? readAppointment(resource)
      : resource.resourceType === 'Patient'
        ? readPatient(resource)
        : resource.resourceType === 'RelatedPerson'
          ? readRelatedPerson(resource)
          : resource.resourceType === 'Consent'
            ? readConsent(resource)
            : undefined;
  if (!read) return [];
  return 'fact' in read ? read.findings : read.unusable;
}
