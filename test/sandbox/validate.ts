import { OperationOutcomeError, type TypedValueWithPath, validateResource } from '@medplum/core';
import type { OperationOutcomeIssue, Resource } from '@medplum/fhirtypes';
import { loadDefinitions } from './definitions.ts';
import { refusal } from './outcome.ts';
import { requiredCodes } from './required-codes.ts';

const idPattern = /^[A-Za-z0-9\-.]{1,64}$/;

/**
 * Throws an OperationOutcomeError unless `resource` is valid R4: known elements, cardinalities, invariants
 * (Appointment app-2 to app-4 among them) and the codes of required bindings.
 * A broken shape is 400, a well-formed resource that breaks a rule is 422.
 */
export function validate(resource: Resource): void {
  loadDefinitions();
  // validateResource takes the id of a resource for any string.
  if (!idPattern.test(resource.id ?? ''))
    throw refusal(400, 'value', 'An id has 1 to 64 letters, digits, "-" and ".".');
  const tokens: Record<string, TypedValueWithPath[]> = {};
  const issues: OperationOutcomeIssue[] = [];
  try {
    validateResource(resource, { collect: { tokens } });
  } catch (error) {
    if (!(error instanceof OperationOutcomeError)) throw error;
    issues.push(...error.outcome.issue.filter(issue => issue.severity === 'error'));
  }
  issues.push(...unknownCodes(tokens));
  if (issues.length === 0) return;
  const broken = issues.some(({ code }) => code !== 'invariant' && code !== 'code-invalid');
  throw new OperationOutcomeError({
    resourceType: 'OperationOutcome',
    ...(!broken && { id: 'business-rule' }),
    issue: issues,
  });
}

function unknownCodes(tokens: Record<string, TypedValueWithPath[]>): OperationOutcomeIssue[] {
  return Object.entries(tokens).flatMap(([valueSet, values]) => {
    const codes = requiredCodes(valueSet);
    if (!codes) return [];
    return values
      .filter(({ type, value }) => type === 'code' && !codes.has(String(value)))
      .map(
        ({ path, value }): OperationOutcomeIssue => ({
          severity: 'error',
          code: 'code-invalid',
          details: { text: `${path} is "${value}", which is not in the required value set ${valueSet}.` },
          expression: [path],
        }),
      );
  });
}
