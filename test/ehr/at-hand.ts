import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { whyNot } from '../hapi/build.ts';
import { seedOverHttp } from '../hapi/seed.ts';
import { connectTo } from './connect-to.ts';
import { removeMarked } from './marked.ts';
import { superviseHapi } from './supervise-hapi.ts';

/** The topic of visits that we ship, in the form of an R4 server. */
const OUR_TOPIC = 'fhir-profiles/Basic-appointment-change.json';

declare module 'vitest' {
  interface ProvidedContext {
    /** The tag of all that is written. */
    run: string;
    /** `--url`: the one server under contract, which is not ours. */
    given: { baseUrl: string; reachesUs: boolean } | null;
    hapi: { baseUrl: string; pidFile: string } | { missing: string };
    /** Folder of all that the service wrote. */
    collected: string;
  }
}

/** Provides the EHRs of the whole run, and leaves nothing behind in one that is not ours, even after a failure. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const run = randomUUID();
  project.provide('run', run);
  const collected = mkdtempSync(join(tmpdir(), 'loopkeeper-written-'));
  project.provide('collected', collected);
  const url = process.env.LOOPKEEPER_TEST_EHR?.replace(/\/+$/, '');
  project.provide('given', url ? { baseUrl: url, reachesUs: isHere(url) } : null);
  const tidy = await (url ? given(url, run) : oneHapi(project));
  return async () => {
    rmSync(collected, { recursive: true });
    await tidy?.();
  };
}

async function given(baseUrl: string, run: string): Promise<() => Promise<void>> {
  const { client, profile, capability } = await connectTo(baseUrl);
  console.error(`
Only ${baseUrl} is tested: ${capability.software?.name ?? 'it does not say what it is'}, with the profile ${profile.id}.
All that is written bears the tag ${run}, and is removed at the end.`);
  if (!isHere(baseUrl)) console.error('SKIPPED: no notifications are tested. We listen on this machine alone.');
  return async () => {
    const removed = await removeMarked(client, run);
    console.error(`Removed ${removed} resources; a search by the tag finds none.`);
  };
}

/** One HAPI for the whole run: it takes longer to start than all tests take. Tests keep apart by ids of their own. */
async function oneHapi({ provide }: TestProject): Promise<(() => Promise<void>) | undefined> {
  const missing = whyNot();
  if (missing) {
    console.error(`\nSKIPPED: nothing is tested against HAPI. ${missing}\n`);
    provide('hapi', { missing });
    return undefined;
  }
  const folder = mkdtempSync(join(tmpdir(), 'loopkeeper-ehr-'));
  const { baseUrl, pidFile, stop } = await superviseHapi(folder);
  // First of all: it takes HAPI up to a minute to make use of it.
  await seedOverHttp(baseUrl, [JSON.parse(readFileSync(OUR_TOPIC, 'utf8'))]);
  provide('hapi', { baseUrl, pidFile });
  return async () => {
    await stop();
    rmSync(folder, { recursive: true });
  };
}

const isHere = (url: string): boolean => ['127.0.0.1', 'localhost', '[::1]'].includes(new URL(url).hostname);
