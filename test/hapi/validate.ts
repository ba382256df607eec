import { spawnSync } from 'node:child_process';
import { build, JAR } from './build.ts';
import { KNOWN } from './known-findings.ts';

const SEVERITIES = ['fatal', 'error', 'warning', 'information'] as const;

export interface Finding {
  severity: (typeof SEVERITIES)[number];
  file: string;
  /** FHIRPath-like: `Task.identifier[0]`. */
  place: string;
  message: string;
}

/** What HAPI's instance validator says of these files, one resource each, with `fhir-profiles` loaded. Takes 20 s. */
export function findingsIn(files: readonly string[]): Finding[] {
  build();
  const flags = ['-XX:TieredStopAtLevel=1', '-Xmx512m', '-cp', JAR, 'loopkeeper.Validate', 'fhir-profiles'];
  const { status, stdout } = spawnSync('java', flags, {
    input: files.join('\n'),
    encoding: 'utf8',
    stdio: ['pipe', 'pipe', 'inherit'],
    maxBuffer: 64 * 1024 * 1024,
    timeout: 240_000,
  });
  if (status !== 0) throw new Error('The validator did not come to its end; what it said stands above.');
  return stdout.split('\n').filter(Boolean).map(asFinding);
}

function asFinding(line: string): Finding {
  const [word, file = '', place = '', message = ''] = line.split('\t');
  const severity = SEVERITIES.find(one => one === word);
  if (severity === undefined) throw new Error(`The validator printed what is no finding: ${line.slice(0, 200)}`);
  return { severity, file, place, message };
}

const knownAs = ({ severity, message }: Finding) =>
  KNOWN.find(one => one.severity === severity && one.message.test(message));

/** Errors and warnings that nobody has explained. */
export const unexplained = (findings: readonly Finding[]): Finding[] =>
  findings.filter(each => each.severity !== 'information' && !knownAs(each));

/** Explanations that nothing needs any more. */
export const idle = (findings: readonly Finding[]): RegExp[] =>
  KNOWN.filter(one => !findings.some(each => knownAs(each) === one)).map(({ message }) => message);
