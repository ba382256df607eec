import type { ErrorRequestHandler, RequestHandler } from 'express';
import { z } from 'zod';
import { EhrError } from '../fhir/outcome.ts';
import type { Service } from '../reconcile/service.ts';
import { sayRefusal } from './refusal.ts';

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
    sayRefusal(request, response, status, codeFor(status), sentenceFor(status));
  };

/** A request that cannot be read costs a line of the log, so one caller's shall not be many. */
export const slowFaults =
  (guesses: RequestHandler): ErrorRequestHandler =>
  (error: unknown, request, response, next) =>
    statusOf(error) === 500 ? next(error) : guesses(request, response, () => next(error));

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
