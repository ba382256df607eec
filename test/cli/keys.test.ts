import { chmodSync, chownSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { exportJWK, generateKeyPair } from 'jose';
import { afterEach, expect, it, vi } from 'vitest';
import { runList, runNew, runRotate } from '../../sync/cli/keys.ts';
import type { Out } from '../../sync/cli/print.ts';
import { newKey } from '../../sync/fhir/auth/new-key.ts';
import { readKeyFile } from '../../sync/key-file.ts';
import { listener, scratch } from './hears.ts';

const { folder } = scratch();
afterEach(() => vi.unstubAllEnvs());

const NOW = '2026-11-21T10:00:00.000Z';
const LATER = '2026-11-22T11:30:00.000Z';
let count = 0;

function configured(env: Record<string, string> = {}): string {
  const file = join(folder, `key-${++count}.json`);
  vi.stubEnv('EHR_PRIVATE_KEY_FILE', file);
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
  return file;
}

async function said(work: (out: Out) => Promise<void>): Promise<string> {
  const out = listener();
  await work(out).catch((error: Error) => out.line(error.message));
  return out.text();
}

const privateParts = (file: string) =>
  readKeyFile(file).flatMap(key => (key.kty === 'EC' ? [key.d] : [key.d, key.p, key.q, key.dp, key.dq, key.qi]));

it.each(['ES384', 'RS384'] as const)('makes, rotates and lists keys of %s, and shows nothing private', async alg => {
  const file = configured({ LOOPKEEPER_PUBLIC_URL: 'https://sync.example.org' });
  const made = await said(out => runNew({ alg }, out, () => NOW));
  const [first] = readKeyFile(file);
  expect(made).toContain(`with the key ${first?.kid} (${alg}).`);
  expect(made).toContain('at https://sync.example.org/.well-known/jwks.json while');
  expect(statSync(file).mode & 0o777).toBe(0o600);

  const rotated = await said(out => runRotate(out, () => NOW));
  const second = readKeyFile(file)[1];
  expect(rotated).toContain(
    `${second?.kid} (${alg}). It is published from now on and signs from Sun 2026-11-22 10:00 UTC`,
  );
  expect(statSync(file).mode & 0o777).toBe(0o600);
  const again = await said(out => runRotate(out, () => NOW));
  expect(again).toBe(`Nothing was changed: ${second?.kid} is next already, and signs from Sun 2026-11-22 10:00 UTC.`);

  const listed = await said(out => runList(out, () => NOW));
  expect(listed).toMatch(/ {2}signing from Sat 2026-11-21 10:00 UTC\n {2}thumbprint [\w-]{43}\n.*next.*Sun 2026-11-22/);
  const secrets = privateParts(file);
  const third = await said(out => runRotate(out, () => LATER));
  expect(readKeyFile(file).map(key => key.kid)).not.toContain(first?.kid);
  for (const part of [...secrets, ...privateParts(file)])
    for (const text of [made, rotated, again, listed, third]) expect(text).not.toContain(part);
  expect(readdirSync(folder).filter(name => name.endsWith('.new'))).toEqual([]);
});

it('takes over a key that somebody else made, and follows a link to the file', async () => {
  const link = configured();
  const file = `${link}.real`;
  const { signsFrom: _, ...foreign } = await newKey('RS384', NOW);
  writeFileSync(file, JSON.stringify({ ...foreign, kid: 'theirs', x5t: 'abc' }), { mode: 0o600 });
  symlinkSync(file, link);
  expect(await said(out => runList(out, () => NOW))).toMatch(/^theirs {2}RS384 {2}signing from the beginning\n/);
  await said(out => runRotate(out, () => NOW));
  expect(readKeyFile(file).map(key => [key.alg, key.x5t])).toEqual([
    ['RS384', 'abc'],
    ['RS384', undefined],
  ]);
});

it.runIf(process.getuid?.() === 0)('leaves the file to the user whose it is, when root rotates', async () => {
  const file = configured();
  await said(out => runNew({ alg: 'ES384' }, out));
  chownSync(file, 1234, 1234);
  await said(out => runRotate(out));
  expect(readKeyFile(file)).toHaveLength(2);
  expect([statSync(file).uid, statSync(file).mode & 0o777]).toEqual([1234, 0o600]);
});

it('overwrites nothing, and says what is not set', async () => {
  const file = configured();
  writeFileSync(file, 'mine', { mode: 0o600 });
  expect(await said(out => runNew({ alg: 'ES384' }, out))).toMatch(/is there already and is not overwritten/);
  expect(readFileSync(file, 'utf8')).toBe('mine');
  vi.stubEnv('EHR_PRIVATE_KEY_FILE', '');
  expect(await said(out => runNew({ alg: 'ES384' }, out))).toMatch(/EHR_PRIVATE_KEY_FILE is not set/);
  vi.stubEnv('EHR_PRIVATE_KEY_FILE', join(folder, 'nowhere', 'key.json'));
  expect(await said(out => runNew({ alg: 'ES384' }, out))).toMatch(/its folder is not there/);
});

const good = { ...(await newKey('ES384', NOW)) };
const weak = await generateKeyPair('RS384', { modulusLength: 2048, extractable: true });
const D = 'CANARY';

const UNUSABLE: [name: string, content: unknown, sentence: RegExp, mode?: number][] = [
  ['text', `${D} no JSON`, /holds no JSON/],
  ['an empty set', { keys: [] }, /must hold private JWKs/],
  ['a list', [good], /must hold private JWKs/],
  ['null', 'null', /must hold private JWKs/],
  ['a key without kid', { ...good, kid: undefined, d: D }, /each with a kid of its own; look at 0\.kid\.$/],
  ['a public key', { ...good, d: undefined }, /look at 0\.d\.$/],
  ['a key for something else', { ...good, alg: 'ES256', crv: 'P-256', d: D }, /look at 0\.crv, 0\.alg\.$/],
  ['a secret', { kty: 'oct', kid: 'x', k: D }, /must hold private JWKs/],
  ['a date that is none', { ...good, signsFrom: D }, /look at 0\.signsFrom\.$/],
  ['one kid twice', { keys: [good, good] }, /each with a kid of its own\.$/],
  ['a key that was cut', { ...good, x: D }, new RegExp(`holds a key that cannot sign: ${good.kid}\\.$`)],
  ['a weak key', { ...(await exportJWK(weak.privateKey)), kid: 'weak', alg: 'RS384', n: D }, /cannot sign: weak\.$/],
  ['a file that others may read', good, /is open to others than its owner \(mode 640\): chmod 600 it\.$/, 0o640],
];
it.each(UNUSABLE)('says what is wrong with %s, and quotes nothing of it', (_, content, sentence, mode = 0o600) => {
  const file = configured();
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  chmodSync(file, mode);
  const read = () => readKeyFile(file);
  expect(read).toThrow(sentence);
  expect(read).toThrow(/^The configuration cannot be used:\n {2}- EHR_PRIVATE_KEY_FILE: \/.*key-\d+\.json /);
  expect(read).not.toThrow(D);
});
