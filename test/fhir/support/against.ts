import type { Appointment, Task } from '@medplum/fhirtypes';
import { afterEach } from 'vitest';
import { EhrError } from '../../../sync/fhir/outcome.ts';
import type { TransportOptions } from '../../../sync/fhir/transport.ts';
import { testClient } from './client.ts';
import { profileOf } from './profiles.ts';
import { type Answer, type Heard, type Scripted, scripted } from './script.ts';

export const appointment: Appointment = { resourceType: 'Appointment', id: '9', status: 'booked', participant: [] };
export const task: Task = { resourceType: 'Task', status: 'requested', intent: 'order' };

export const outcome = (code: string, diagnostics?: string) => ({
  resourceType: 'OperationOutcome',
  issue: [{ severity: 'error', code, diagnostics }],
});

export const epicOutcome = (code: string) => ({
  resourceType: 'OperationOutcome',
  issue: [{ severity: 'error', code: 'processing', details: { coding: [{ code }] } }],
});

let server: Scripted | undefined;

async function closeServer(): Promise<void> {
  await server?.close();
  server = undefined;
}

afterEach(closeServer);

/** A client and the scripted server it talks to, which closes when the test ends. */
export async function against(
  script: (heard: Heard, count: number) => Answer | Promise<Answer>,
  profile = 'sandbox',
  overrides: Partial<TransportOptions> = {},
) {
  server = await scripted(script);
  return { server, closeServer, ...testClient(`${server.url}/fhir`, { profile: profileOf(profile), ...overrides }) };
}

export async function failure(work: Promise<unknown>): Promise<EhrError> {
  const error = await work.then(() => undefined).catch((e: unknown) => e);
  if (error instanceof EhrError) return error;
  throw new Error(`Expected an EhrError, got ${String(error)}.`);
}
