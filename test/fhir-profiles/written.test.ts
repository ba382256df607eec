import type { Communication, CommunicationRequest } from '@medplum/fhirtypes';
import { describe, expect, test } from 'vitest';
import { communicationOf, communicationRequestOf } from '../../sync/domain/chart/communication.ts';
import { taskOf } from '../../sync/domain/chart/task.ts';
import type { MessageState } from '../../sync/domain/plan/facts.ts';
import { problemsOf } from './support/check.ts';
import { MESSAGES, task, WRITTEN } from './support/written.ts';

const written = WRITTEN.flatMap(([what, resource]) => (resource ? [{ what, resource }] : []));

describe('what we write into a chart', () => {
  test.each(written)('$what: is valid R4 and meets the profile it names', ({ resource }) => {
    expect(resource.meta?.profile).toEqual([expect.stringMatching(/\/StructureDefinition\/loopkeeper-/)]);
    expect(problemsOf(resource)).toEqual([]);
  });

  test.each(written)('$what: is the same after a trip through JSON', ({ resource }) => {
    expect(JSON.parse(JSON.stringify(resource))).toStrictEqual(resource);
  });

  const STATES: [MessageState, CommunicationRequest['status'], Communication['status'] | undefined, boolean][] = [
    ['planned', 'active', undefined, false],
    ['withdrawn', 'revoked', undefined, false],
    ['expired', 'revoked', undefined, false],
    ['dropped', 'revoked', undefined, false],
    ['sending', 'active', undefined, false],
    ['sent', 'completed', 'in-progress', true],
    ['delivered', 'completed', 'completed', true],
    ['failed', 'revoked', 'not-done', false],
    ['unknown', 'unknown', 'unknown', false],
  ];
  test.each(STATES)('a message that is %s: the request is %s, the Communication %s', (state, request, said, sent) => {
    const communication = communicationOf(MESSAGES[state]);
    expect(communicationRequestOf(MESSAGES[state]).status).toBe(request);
    expect(communication?.status).toBe(said);
    expect(communication?.sent !== undefined).toBe(sent);
  });

  test('a request says nothing of the words, which may still change', () => {
    expect(JSON.stringify(communicationRequestOf(MESSAGES.sent))).not.toContain('Riverside');
  });

  test('why a person must do a Task stands apart from why nobody must any more', () => {
    const { reasonCode, statusReason } = taskOf(task({ reason: 'prefers-phone' }));
    expect([reasonCode?.coding?.[0]?.code, statusReason]).toEqual(['prefers-phone', undefined]);
    const withdrawn = taskOf(task({ reason: 'confirmed-already', state: 'withdrawn' }));
    expect([withdrawn.reasonCode, withdrawn.statusReason?.coding?.[0]?.code]).toEqual([undefined, 'confirmed-already']);
  });

  test('a Task about two visits names both', () => {
    const { focus, input } = taskOf(task({ about: ['Appointment/one', 'Appointment/two'] }));
    expect(focus).toEqual({ reference: 'Appointment/one' });
    expect(input?.map(({ valueReference }) => valueReference)).toEqual([{ reference: 'Appointment/two' }]);
  });
});
