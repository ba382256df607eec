import type { Instant } from '../../../sync/domain/clock.ts';
import { plusMs } from '../../../sync/domain/time.ts';
import { noAuth } from '../../../sync/fhir/auth/none.ts';
import { type EhrClient, openEhrClient } from '../../../sync/fhir/client.ts';
import type { TransportOptions } from '../../../sync/fhir/transport.ts';
import { profileOf } from './profiles.ts';

export interface TestClient {
  client: EhrClient;
  /** Every sleep asked for, in milliseconds; each moved the clock by as much. */
  slept: number[];
  logged: string[];
  now(): Instant;
  advance(ms: number): void;
}

/** A client whose time passes only when it sleeps, and whose dice always show the middle. */
export function testClient(baseUrl: string, overrides: Partial<TransportOptions> = {}): TestClient {
  let now: Instant = '2026-11-21T15:30:00.000Z';
  const slept: number[] = [];
  const logged: string[] = [];
  const write = (message: string, fields?: Record<string, unknown>) => logged.push(JSON.stringify({ message, fields }));
  const client = openEhrClient({
    baseUrl,
    fetch,
    clock: () => now,
    random: () => 0.5,
    sleep: async ms => {
      slept.push(ms);
      now = plusMs(now, ms);
    },
    auth: noAuth(),
    profile: profileOf('sandbox'),
    log: { warn: write },
    ...overrides,
  });
  return { client, slept, logged, now: () => now, advance: ms => (now = plusMs(now, ms)) };
}
