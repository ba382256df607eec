import type { OperationOutcomeIssue } from '@medplum/fhirtypes';
import type { Request, Response } from 'express';
import { operationOutcome } from '../fhir/outcome.ts';

/** Express finds a door in capitals, too. */
const FHIR_DOORS = /^\/hooks\/fhir(\/|$)/i;

export const isFhirDoor = ({ path }: Request): boolean => FHIR_DOORS.test(path);

/** A sentence of ours in the words of the door; for what no door answered itself, and of the request not a word. */
export function sayRefusal(
  request: Request,
  response: Response,
  status: number,
  code: OperationOutcomeIssue['code'],
  says: string,
): void {
  response.status(status);
  if (!isFhirDoor(request)) return void response.json({ error: says });
  response.type('application/fhir+json').end(JSON.stringify(operationOutcome(code, says)));
}

export const TOO_MANY = 'Too many mistakes came from this address; wait as long as Retry-After says.';
