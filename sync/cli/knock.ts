import { createHmac } from 'node:crypto';
import { z } from 'zod';
import type { Config, HookSecret } from '../config.ts';
import type { Instant } from '../domain/clock.ts';
import { SECRET_HEADER } from '../fhir/notification/verify.ts';
import type { Connection } from '../reconcile/connection.ts';

/** A handshake says that nothing has changed, so nobody looks for anything. */
const HANDSHAKE = JSON.stringify({
  resourceType: 'Bundle',
  type: 'history',
  entry: [{ resource: { resourceType: 'Parameters', parameter: [{ name: 'type', valueCode: 'handshake' }] } }],
});

/** As the EHR would, with the first of the secrets: does the running service let us in? */
export async function believes(
  { id, profile }: Pick<Connection, 'id' | 'profile'>,
  config: Config,
): Promise<'yes' | 'no' | 'unknown'> {
  const [secret = ''] = config.environment.EHR_HOOK_SECRET ?? [];
  const [key] = config.environment.EHR_SIGNING_SECRET ?? [];
  const mac = key && createHmac('sha256', key).update(HANDSHAKE).digest('hex');
  const response = await ask(
    config,
    `/hooks/fhir/${id}`,
    {
      method: 'POST',
      headers: {
        'content-type': 'application/fhir+json',
        [SECRET_HEADER]: secret,
        ...(mac && profile.subscriptions.signature === 'medplum' ? { 'x-signature': mac } : {}),
        ...(mac && profile.subscriptions.signature === 'hub' ? { 'x-hub-signature': `sha256=${mac}` } : {}),
      },
      body: HANDSHAKE,
    },
    [200, 204, 401],
  );
  if (response === undefined) return 'unknown';
  return response.ok ? 'yes' : 'no';
}

const instant = z.string().nullable();
const health = z.object({
  secretsHeard: z.record(z.string(), z.object({ current: instant, former: instant })),
});

/** When notifications last came with each of two secrets; undefined where the service does not say. */
export async function lastHeard(
  config: Config,
  name: HookSecret,
): Promise<{ current: Instant | null; former: Instant | null } | undefined> {
  const response = await ask(config, '/health', {}, [200, 503]);
  const body: unknown = await response?.json().catch(() => undefined);
  return health.safeParse(body).data?.secretsHeard[name];
}

/**
 * On this very machine first, whatever address it has for others; then where others find it. What answers as we never
 * would is another program.
 */
async function ask(
  { environment, publicUrl }: Config,
  path: string,
  init: RequestInit,
  ours: number[],
): Promise<Response | undefined> {
  const { LOOPKEEPER_HOST: host, LOOPKEEPER_PORT: port } = environment;
  const here = `http://${host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host}:${port}`;
  for (const base of new Set([here, publicUrl])) {
    const response = await fetch(`${base}${path}`, { ...init, signal: AbortSignal.timeout(5000) }).catch(
      () => undefined,
    );
    if (response && ours.includes(response.status)) return response;
  }
  return undefined;
}
