import type { Bundle, OperationOutcome, Resource } from '@medplum/fhirtypes';
import type { Instant } from '../../sync/domain/clock.ts';
import { openSandboxEhr, type SandboxEhr, type SandboxOptions } from './ehr.ts';
import { listen } from './listen.ts';

export interface Answer {
  status: number;
  headers: Headers;
  text: string;
  /** The body as a Bundle, an outcome or any resource; throws when it is none. */
  bundle(): Bundle;
  outcome(): OperationOutcome;
  resource<T extends Resource>(type: T['resourceType']): T & { id: string };
}

export interface Testbed extends SandboxEhr {
  /** The FHIR base, over real HTTP. */
  base: string;
  /** Moves the clock of this EHR and does what became due. */
  advance(ms: number): void;
  now(): Instant;
  request(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
  close(): Promise<void>;
}

/** A sandbox on a free port whose clock stands still at 2026-11-21T10:00Z until a test moves it. */
export async function openTestbed(options: Partial<SandboxOptions> = {}): Promise<Testbed> {
  let now = Date.parse('2026-11-21T10:00:00.000Z');
  let base = '';
  const clock = () => new Date(now).toISOString();
  const ehr = await openSandboxEhr({ clock, baseUrl: () => base, ...options });
  const server = await listen(ehr.app);
  base = `${server.url}/fhir`;
  return {
    ...ehr,
    base,
    now: clock,
    advance: ms => {
      now += ms;
      ehr.tick();
    },
    request: async (method, path, body, headers = {}) => {
      const url = path.startsWith('http') ? path : `${base}/${path}`;
      const type = { 'Content-Type': 'application/fhir+json' };
      const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
      const response = await fetch(url, { method, headers: { ...(text && type), ...headers }, body: text });
      return answerOf(response.status, response.headers, await response.text());
    },
    close: async () => {
      await ehr.stop();
      await server.close();
    },
  };
}

function answerOf(status: number, headers: Headers, text: string): Answer {
  const typed = (type: string) => {
    const body: Resource = JSON.parse(text || '{}');
    if (body.resourceType !== type) throw new Error(`The answer (${status}) is no ${type}: ${text.slice(0, 400)}`);
    return body;
  };
  return {
    status,
    headers,
    text,
    bundle: () => typed('Bundle') as Bundle,
    outcome: () => typed('OperationOutcome') as OperationOutcome,
    resource: <T extends Resource>(type: T['resourceType']) => typed(type) as T & { id: string },
  };
}

/** The ids of the resources in a Bundle, in order. */
export const idsIn = (bundle: Bundle): (string | undefined)[] => (bundle.entry ?? []).map(entry => entry.resource?.id);

export const nextOf = (bundle: Bundle): string | undefined => bundle.link?.find(link => link.relation === 'next')?.url;
