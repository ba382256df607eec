import { readConfig } from '../../sync/config.ts';
import { connect } from '../../sync/connect.ts';
import { systemClock } from '../../sync/domain/clock.ts';
import { ehrAuth } from '../../sync/ehr-auth.ts';
import { openLog } from '../../sync/log.ts';
import type { Connection } from '../../sync/reconcile/connection.ts';

export const SECRET = 'correct-horse-battery';

/** As the service itself connects: by the address, and with a server that is not ours by its EHR_… variables. */
export async function connectTo(
  baseUrl: string,
  { profile, fetcher = fetch }: { profile?: string | undefined; fetcher?: typeof fetch } = {},
): Promise<Connection & { authorization(): Promise<string | undefined> }> {
  const isGiven = process.env.LOOPKEEPER_TEST_EHR !== undefined;
  const theirs = Object.entries(process.env).filter(([name]) => isGiven && name.startsWith('EHR_'));
  const config = readConfig({
    ...Object.fromEntries(theirs),
    ...(profile ? { EHR_PROFILE: profile } : {}),
    EHR_BASE_URL: baseUrl,
    EHR_HOOK_SECRET: SECRET,
  });
  const around = { clock: systemClock, log: openLog('error', systemClock), fetch: fetcher };
  const { authorization } = ehrAuth(config, around);
  return { ...(await connect(config, around)), authorization };
}
