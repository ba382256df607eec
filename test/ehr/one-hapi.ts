import type { TestProject } from 'vitest/node';
import { whyNot } from '../hapi/build.ts';
import { startHapi } from '../hapi/hapi.ts';

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
  provide('hapi', { baseUrl: hapi.baseUrl });
  return hapi.stop;
}
