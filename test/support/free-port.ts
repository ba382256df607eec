import { listen } from '../sandbox/listen.ts';

/** One that nobody listened at a moment ago. */
export async function freePort(): Promise<number> {
  const probe = await listen(() => undefined);
  await probe.close();
  return Number(new URL(probe.url).port);
}
