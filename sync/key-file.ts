import { createPrivateKey } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { type Config, ConfigMistakes } from './config.ts';
import { type PrivateKey, privateKeysSchema } from './fhir/auth/keys.ts';
import { NotWritten, writeWhole } from './write-whole.ts';

const OTHERS = 0o077;
const LEAST_RSA_BITS = 2048;

/**
 * How to read our keys, where the EHR knows us by them. They are read each time they are needed: `keys rotate` changes them
 * beside the running service, and they are needed once in some minutes.
 */
export const keysOf = ({ environment: env }: Config): (() => PrivateKey[]) | undefined =>
  env.EHR_AUTH === 'backend-services' ? () => readKeyFile(env.EHR_PRIVATE_KEY_FILE ?? '') : undefined;

/** Our private keys. Throws ConfigMistakes; what the file holds is never repeated. */
export function readKeyFile(file: string): PrivateKey[] {
  const text = readOwn(file);
  let given: unknown;
  try {
    given = JSON.parse(text);
  } catch {
    throw mistake(file, 'holds no JSON, and must hold a private JWK Set or a private JWK; `keys new` makes one');
  }
  const parsed = privateKeysSchema.safeParse(given);
  if (!parsed.success) {
    const where = [...new Set(parsed.error.issues.map(issue => issue.path.join('.')).filter(Boolean))].join(', ');
    throw mistake(
      file,
      `must hold private JWKs of P-384 (ES384) or RSA (RS384), each with a kid of its own${where && `; look at ${where}`}`,
    );
  }
  const weak = parsed.data.find(key => !isSound(key));
  if (weak) throw mistake(file, `holds a key that cannot sign: ${weak.kid}`);
  return parsed.data;
}

/** Throws ConfigMistakes; with `made` also where there is a file. */
export function writeKeyFile(file: string, keys: PrivateKey[], what: 'made' | 'replaced'): void {
  try {
    writeWhole(file, `${JSON.stringify({ keys }, null, 2)}\n`, what);
  } catch (error) {
    if (!(error instanceof NotWritten)) throw error;
    throw mistake(file, error.code === 'EEXIST' ? `${error.message}; \`keys rotate\` adds a key to it` : error.message);
  }
}

function readOwn(file: string): string {
  let owner = '';
  try {
    const { mode, uid } = statSync(file);
    if (process.platform !== 'win32' && mode & OTHERS)
      throw mistake(file, `is open to others than its owner (mode ${(mode & 0o777).toString(8)}): chmod 600 it`);
    owner = `; it belongs to uid ${uid}`;
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof ConfigMistakes) throw error;
    const why =
      codeOf(error) === 'EACCES' ? `cannot be read by this user (uid ${process.getuid?.()})${owner}` : undefined;
    throw mistake(file, why ?? WHY_NOT_READ[codeOf(error)] ?? 'cannot be read');
  }
}

function isSound(key: PrivateKey): boolean {
  try {
    const { asymmetricKeyDetails } = createPrivateKey({ key, format: 'jwk' });
    return (asymmetricKeyDetails?.modulusLength ?? LEAST_RSA_BITS) >= LEAST_RSA_BITS;
  } catch {
    return false;
  }
}

const WHY_NOT_READ: Record<string, string> = {
  ENOENT: 'cannot be read, for it is not there; `keys new` makes it',
  EISDIR: 'cannot be read, for it is a folder',
};

const codeOf = (error: unknown): string => (error instanceof Error && 'code' in error ? String(error.code) : '');

const mistake = (file: string, why: string) => new ConfigMistakes([`EHR_PRIVATE_KEY_FILE: ${file} ${why}.`]);
