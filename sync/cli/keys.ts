import { calculateJwkThumbprint } from 'jose';
import { ConfigMistakes, readEnvironment } from '../config.ts';
import { systemClock } from '../domain/clock.ts';
import { plus } from '../domain/time.ts';
import {
  JWKS_PATH,
  type KeyState,
  type PrivateKey,
  PUBLISHED_BEFORE,
  publishedKeys,
  signingKey,
  statesOf,
  withoutRetired,
} from '../fhir/auth/keys.ts';
import { type Alg, newKey } from '../fhir/auth/new-key.ts';
import { readKeyFile, writeKeyFile } from '../key-file.ts';
import { Failure } from './failure.ts';
import { localMoment, type Out } from './print.ts';

/** Makes the file with a first key, which signs at once. The client id may come later: many an EHR gives it for the key. */
export async function runNew({ alg }: { alg: Alg }, out: Out, clock = systemClock): Promise<void> {
  const file = keyFile();
  const now = clock();
  const key = await newKey(alg, now);
  writeKeyFile(file, [key], 'made');
  out.line(`Made ${file}, which nobody but this user may read, with the key ${key.kid} (${alg}).`);
  register([key], now, out);
}

/** Adds the key that signs a day from now, and drops those that nobody asks for any more. */
export async function runRotate(out: Out, clock = systemClock): Promise<void> {
  const file = keyFile();
  const now = clock();
  const keys = readKeyFile(file);
  const next = statesOf(keys, now).find(one => one.state === 'next')?.key;
  if (next) throw new Failure(`Nothing was changed: ${next.kid} is next already, and signs from ${signsFrom(next)}.`);
  const { alg, kid } = signingKey(keys, now);
  const fresh = await newKey(alg, plus(now, PUBLISHED_BEFORE));
  const rotated = [...withoutRetired(keys, now), fresh];
  writeKeyFile(file, rotated, 'replaced');
  out.line(
    `Added the key ${fresh.kid} (${alg}). It is published from now on and signs from ${signsFrom(fresh)}; until then ${kid} does.`,
  );
  out.line('The running service sees it by itself.');
  register(rotated, now, out);
}

const WORD: Record<KeyState, string> = {
  retired: 'retired (`keys rotate` removes it), signed from',
  retiring: 'retiring (still published), signed from',
  signing: 'signing from',
  next: 'next (published already), signs from',
};

export async function runList(out: Out, clock = systemClock): Promise<void> {
  for (const { key, state } of statesOf(readKeyFile(keyFile()), clock())) {
    out.line(`${key.kid}  ${key.alg}  ${WORD[state]} ${signsFrom(key)}`);
    out.line(`  thumbprint ${await calculateJwkThumbprint(key)}`);
  }
}

/** What the EHR has to know; an upload by hand has to be done before the new key signs. */
function register(keys: PrivateKey[], now: string, out: Out): void {
  const base = readEnvironment().LOOPKEEPER_PUBLIC_URL;
  out.line(
    base
      ? `The EHR finds our keys at ${base}${JWKS_PATH} while the service runs with EHR_AUTH=backend-services: register that address.`
      : `Set LOOPKEEPER_PUBLIC_URL; the EHR finds our keys at ${JWKS_PATH} below it: register that address.`,
  );
  out.line('Where the EHR takes no address, give it this public set:');
  out.line(JSON.stringify(publishedKeys(keys, now), null, 2));
}

function keyFile(): string {
  const file = readEnvironment().EHR_PRIVATE_KEY_FILE;
  if (file) return file;
  throw new ConfigMistakes(['EHR_PRIVATE_KEY_FILE is not set; it names the file in which our private keys are kept.']);
}

const signsFrom = (key: PrivateKey): string => (key.signsFrom ? localMoment(key.signsFrom, 'UTC') : 'the beginning');
