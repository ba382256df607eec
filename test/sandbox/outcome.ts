import { OperationOutcomeError } from '@medplum/core';
import type { OperationOutcomeIssue } from '@medplum/fhirtypes';

/** The router reads the HTTP status of an outcome from its id; a status not listed here becomes 400 (or 500 for `exception`). */
const idOfStatus: Record<number, string> = {
  401: 'unauthorized',
  403: 'forbidden',
  404: 'not-found',
  410: 'gone',
  412: 'precondition-failed',
  413: 'content-too-large',
  415: 'unsupported-media-type',
  422: 'business-rule',
  429: 'too-many-requests',
};

/** An error that leaves the server as an OperationOutcome with this HTTP status and issue code (standards.md §0.6). */
export function refusal(
  status: number,
  code: OperationOutcomeIssue['code'],
  text: string,
  expression?: string[],
): OperationOutcomeError {
  return new OperationOutcomeError({
    resourceType: 'OperationOutcome',
    ...(idOfStatus[status] && { id: idOfStatus[status] }),
    issue: [{ severity: 'error', code, details: { text }, ...(expression && { expression }) }],
  });
}
