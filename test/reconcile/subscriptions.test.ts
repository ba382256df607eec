import { expect, it } from 'vitest';
import { EhrError } from '../../sync/fhir/outcome.ts';
import { subscribeOrPoll } from '../../sync/reconcile/subscriptions.ts';
import { openWhole } from '../support/whole.ts';

const ADDRESS = { publicUrl: 'http://service.example', secret: 'a-secret-for-this-test' };

it.each<[string, Error, boolean]>([
  [
    'an EHR that does not answer is polled',
    new EhrError('It did not answer.', { code: 'timeout', retry: 'later' }),
    true,
  ],
  ['a fault of ours keeps us from starting', new TypeError('undefined is not a function'), false],
])('%s', async (_, failure, starts) => {
  const whole = await openWhole();
  const warnings: unknown[] = [];
  const push = { push: 'criteria' as const, topics: [], feed: 'history' as const, deletes: 'feed' as const, why: [] };
  const client = {
    ...whole.service.connection.client,
    pages: () => {
      throw failure;
    },
  };
  const connection = { ...whole.service.connection, strategies: { Appointment: push } as never, client };
  const log = { ...whole.service.log, info: () => log, warn: (...said: unknown[]) => warnings.push(said) };
  const started = subscribeOrPoll({ connection, clock: whole.now, log: log as never }, ADDRESS);
  await (starts ? expect(started).resolves.toBeUndefined() : expect(started).rejects.toBe(failure));
  expect(warnings).toHaveLength(starts ? 1 : 0);
  await whole.close();
});
