import express from 'express';
import { expect, it } from 'vitest';
import { EhrError } from '../../sync/fhir/outcome.ts';
import { openApp } from '../../sync/http/app.ts';
import { jwksRouter } from '../../sync/http/jwks.ts';
import { openingApp } from '../../sync/http/opening.ts';
import { listen } from '../sandbox/listen.ts';
import { wholes } from '../support/wholes.ts';

const open = wholes();
const form = { 'content-type': 'application/x-www-form-urlencoded' };

it.each([
  ['/unsubscribe/%00', '', 404],
  ['/unsubscribe/%E0%A4%A', '', 400],
  ['/unsubscribe/x', `a=${'x'.repeat(5000)}`, 413],
  ['/unsubscribe/x', 'List-Unsubscribe=One-Click', 200],
])('a request that nobody can serve is the caller\u2019s fault: %s', async (path, body, status) => {
  const whole = await open();
  const response = await fetch(`${whole.url}${path}`, { method: 'POST', headers: form, body });
  const said = await response.text();
  expect([response.status, said.includes('%E0'), said.includes('xxx')]).toEqual([status, false, false]);
  expect(whole.logged.filter(line => JSON.parse(line).level === 'error')).toEqual([]);
});

it('the doors for FHIR say so in FHIR', async () => {
  const whole = await open();
  const response = await fetch(`${whole.url}/hooks/fhir/%E0%A4%A`, { method: 'POST' });
  expect([response.status, response.headers.get('content-type')]).toEqual([
    400,
    expect.stringContaining('application/fhir+json'),
  ]);
  expect(await response.json()).toMatchObject({ resourceType: 'OperationOutcome', issue: [{ code: 'structure' }] });
});

it.each([
  ['an error of ours', new Error('Ana Reyes')],
  ['what the EHR answered to us', new EhrError('Ana Reyes', { code: 'not-found', retry: 'never', status: 404 })],
])('%s is 500, and nobody is told why', async (_, error) => {
  const whole = await open();
  const router = express.Router().get('/', () => Promise.reject(error));
  const door = await listen(openApp(whole.service, { hook: () => undefined, rooms: [{ path: '/room', router }] }));
  const response = await fetch(`${door.url}/room`);
  expect([response.status, await response.json()]).toEqual([500, { error: 'It failed on our side.' }]);
  expect(whole.logged.join('')).not.toContain('Reyes');
  await door.close();
});

it('shows our keys before the service knows its EHR, and asks everybody else to come again', async () => {
  const whole = await open();
  const path = '/.well-known/jwks.json';
  let keys: () => { keys: [] } = () => ({ keys: [] });
  const door = await listen(openingApp([{ path, router: jwksRouter(() => keys()) }], whole.service.log));
  expect(await (await fetch(`${door.url}${path}`)).json()).toEqual({ keys: [] });
  const early = await fetch(`${door.url}/hooks/fhir/ehr`, { method: 'POST' });
  expect([early.status, early.headers.get('retry-after')]).toEqual([503, '5']);
  keys = () => {
    throw new Error('CANARY');
  };
  const broken = await fetch(`${door.url}${path}`);
  expect([broken.status, await broken.json()]).toEqual([500, { error: 'It failed on our side.' }]);
  expect(whole.logged.join('')).not.toContain('CANARY');
  await door.close();
  // Where the EHR does not know us by keys, there are none to show.
  expect((await fetch(`${whole.url}${path}`)).status).toBe(404);
});
