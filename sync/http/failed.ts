import type { ErrorRequestHandler } from 'express';
import { z } from 'zod';
import { EhrError, operationOutcome } from '../fhir/outcome.ts';
import type { Service } from '../reconcile/service.ts';

const CLIENTS_FAULT = z.object({ status: z.int().min(400).max(499) });

/**
 * What nobody else answered: an address that is no text, a body too long, and what fails on our side. The text of an
 * error may quote a patient: the log gets its name, the caller a sentence.
 */
export const failed =
  ({ log }: Pick<Service, 'log'>): ErrorRequestHandler =>
  (error: unknown, request, response, _next) => {
    const status = statusOf(error);
    const name = error instanceof Error ? error.name : 'unknown';
    const line = { method: request.method, status, error: name };
    if (status === 500) log.error('A request failed.', line);
    else log.warn('A request was refused.', line);
    const says = sentenceFor(status);
    response.status(status);
    if (!request.path.startsWith('/hooks/fhir/')) return void response.json({ error: says });
    const outcome = operationOutcome(codeFor(status), says);
    response.type('application/fhir+json').end(JSON.stringify(outcome));
  };

/** A status that the EHR answered to us says nothing about who knocks here. */
const statusOf = (error: unknown): number =>
  error instanceof EhrError ? 500 : (CLIENTS_FAULT.safeParse(error).data?.status ?? 500);

function sentenceFor(status: number): string {
  if (status === 500) return 'It failed on our side.';
  return status === 413 ? 'That is more than this door takes.' : 'The request could not be read.';
}

const codeFor = (status: number) => {
  if (status === 500) return 'exception';
  return status === 413 ? 'too-long' : 'structure';
};
