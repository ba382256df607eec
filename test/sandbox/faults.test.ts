import { afterEach, beforeEach, expect, test } from 'vitest';
import { faultDescriptions, noFaults } from './faults.ts';
import { openTestbed, type Testbed } from './testbed.ts';

let ehr: Testbed;
beforeEach(async () => {
  ehr = await openTestbed();
});
afterEach(() => ehr.close());

const faultsUrl = () => new URL('/sandbox/faults', ehr.base).href;
const json = { 'Content-Type': 'application/json' };

test('every fault is described in one line and off at first', () => {
  expect(faultDescriptions.map(({ name }) => name)).toEqual(Object.keys(noFaults()));
  for (const { description } of faultDescriptions) expect(description).toMatch(/^[A-Z][^\n]+\.$/);
  expect(ehr.faults).toEqual(noFaults());
});

test('PUT sets all of them: what is left out is off', async () => {
  ehr.faults.slowMs = 5;
  const answer = await ehr.request('PUT', faultsUrl(), { lenientSearch: true, serverErrors: 2 }, json);
  expect(JSON.parse(answer.text)).toEqual({ ...noFaults(), lenientSearch: true, serverErrors: 2 });
  expect(ehr.faults).toEqual({ ...noFaults(), lenientSearch: true, serverErrors: 2 });
  expect(JSON.parse((await ehr.request('GET', faultsUrl())).text)).toEqual(ehr.faults);
});

test.each([{ nonsense: true }, { slowMs: -1 }, { dropNotifications: 'yes' }])('PUT of %j is refused', async body => {
  expect((await ehr.request('PUT', faultsUrl(), body, json)).status).toBe(400);
  expect(ehr.faults).toEqual(noFaults());
});

test('429 with Retry-After for so many requests, which were not executed', async () => {
  Object.assign(ehr.faults, { tooManyRequests: 2, retryAfterSeconds: 7 });
  const answers = [];
  for (let n = 0; n < 3; n++) answers.push(await ehr.request('PUT', 'Patient/a', { resourceType: 'Patient', id: 'a' }));
  expect(answers.map(({ status }) => status)).toEqual([429, 429, 201]);
  expect(answers[0]?.headers.get('retry-after')).toBe('7');
  expect(answers[0]?.outcome().issue[0]?.code).toBe('throttled');
});

test('500 for so many requests', async () => {
  ehr.faults.serverErrors = 1;
  const first = await ehr.request('GET', 'Patient');
  expect([first.status, first.outcome().issue[0]?.code]).toEqual([500, 'exception']);
  expect((await ehr.request('GET', 'Patient')).status).toBe(200);
});

test('a slow answer waits for the clock', async () => {
  ehr.faults.slowMs = 2_000;
  let answered = false;
  const slow = ehr.request('GET', 'Patient').then(answer => {
    answered = true;
    return answer.status;
  });
  // A second request that is not slowed down proves that the first one had its chance.
  await ehr.request('GET', faultsUrl());
  expect(answered).toBe(false);
  while (!answered) {
    ehr.advance(2_000);
    await ehr.request('GET', faultsUrl());
  }
  expect(await slow).toBe(200);
});
