import { readFileSync } from 'node:fs';
import type { TestProject } from 'vitest/node';
import { whyNot } from '../hapi/build.ts';
import { startHapi } from '../hapi/hapi.ts';
import { seedOverHttp } from '../hapi/seed.ts';

/** The topic of visits that we ship, in the form of an R4 server. */
const OUR_TOPIC = 'fhir-profiles/Basic-appointment-change.json';

declare module 'vitest' {
  interface ProvidedContext {
    hapi: { baseUrl: string } | { missing: string };
  }
}

/** One HAPI for the whole run: it takes longer to start than all tests take. Tests keep apart by ids of their own. */
export default async function setup({ provide }: TestProject): Promise<(() => Promise<void>) | undefined> {
  const missing = whyNot();
  if (missing) {
    console.error(`\nSKIPPED: nothing is tested against HAPI. ${missing}\n`);
    provide('hapi', { missing });
    return undefined;
  }
  const jdbc = process.env.LOOPKEEPER_TEST_HAPI_JDBC;
  const hapi = await startHapi({ intervalMs: 250, ...(jdbc ? { jdbc } : {}) });
  // First of all: it takes HAPI up to a minute to make use of it.
  await seedOverHttp(hapi.baseUrl, [JSON.parse(readFileSync(OUR_TOPIC, 'utf8'))]);
  provide('hapi', { baseUrl: hapi.baseUrl });
  return hapi.stop;
}
