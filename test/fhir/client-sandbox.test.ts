import type { Bundle, Task } from '@medplum/fhirtypes';
import express from 'express';
import { afterEach, expect, test } from 'vitest';
import { plus } from '../../sync/domain/time.ts';
import { backendServices } from '../../sync/fhir/auth/backend-services.ts';
import { discoveredTokenUrl } from '../../sync/fhir/auth/discovery.ts';
import { type PrivateKey, publishedKeys, signingKey } from '../../sync/fhir/auth/keys.ts';
import { newKey } from '../../sync/fhir/auth/new-key.ts';
import { jwksRouter } from '../../sync/http/jwks.ts';
import { listen } from '../sandbox/listen.ts';
import { openTestbed, type Testbed } from '../sandbox/testbed.ts';
import { failure, task } from './support/against.ts';
import { testClient } from './support/client.ts';
import { visit } from './support/practice.ts';

let ehr: Testbed;
afterEach(() => ehr.close());

test('a life of one Task: made once, changed once, refused when stale, gone, and gone for good', async () => {
  ehr = await openTestbed();
  const { client } = testClient(ehr.base);
  const ours: Task = { ...task, identifier: [{ system: 'https://loopkeeper.org/key', value: 'k1' }] };
  const condition = 'identifier=https://loopkeeper.org/key|k1';
  const first = await client.create(ours, condition);
  expect(first.created).toBe(true);
  const { id = '', meta } = first.resource;
  expect(await client.create(ours, condition)).toMatchObject({ created: false, resource: { id } });

  const changed = await client.update({ ...ours, id, status: 'accepted' }, meta?.versionId ?? '');
  expect(changed).toMatchObject({ outcome: 'updated', resource: { status: 'accepted' } });
  expect(await client.update({ ...ours, id, status: 'failed' }, meta?.versionId ?? '')).toEqual({
    outcome: 'conflict',
  });
  const version = changed.outcome === 'updated' ? (changed.resource.meta?.versionId ?? '') : '';
  const ref = { type: 'Task', id };
  const patched = await client.patch(ref, [{ op: 'replace', path: '/status', value: 'completed' }], version);
  expect(patched).toMatchObject({ outcome: 'updated', resource: { status: 'completed' } });

  await client.remove(ref);
  await client.remove(ref);
  expect(await client.read('Task', id)).toEqual({ outcome: 'gone' });
  expect(await client.read('Task', 'never')).toEqual({ outcome: 'absent' });
});

test('a transaction is all or nothing where the EHR has real ones', async () => {
  ehr = await openTestbed();
  const { client } = testClient(ehr.base);
  const bundle = (...visits: object[]): Bundle => ({
    resourceType: 'Bundle',
    type: 'transaction',
    entry: visits.map(resource => ({ resource: resource as Task, request: { method: 'POST', url: 'Appointment' } })),
  });
  const good = visit('x', ehr.now());
  expect((await client.transaction(bundle(good, good))).entry).toHaveLength(2);
  expect((await failure(client.transaction(bundle(good, { ...good, status: 'nonsense' })))).retry).toBe('never');
  expect(await ehr.store.search('Appointment')).toHaveLength(2);
});

function authAt(keys: () => PrivateKey[]) {
  let id = 0;
  return backendServices({
    fetch,
    clock: ehr.now,
    tokenUrl: discoveredTokenUrl(ehr.base, fetch),
    clientId: 'loopkeeper',
    signingKey: () => signingKey(keys(), ehr.now()),
    scope: 'system/*.cruds',
    newId: () => `jti-${++id}`,
  });
}

test.each(['RS384', 'ES384'] as const)(
  'Backend Services with %s open the door of a real token endpoint, and keep it open when the token ends',
  async alg => {
    const key = await newKey(alg, '2026-11-01T00:00:00.000Z');
    ehr = await openTestbed({ auth: { clientId: 'loopkeeper', jwks: publishedKeys([key], key.signsFrom ?? '') } });
    const { client } = testClient(ehr.base, { auth: authAt(() => [key]), clock: ehr.now });
    expect(await client.read('Task', 'never')).toEqual({ outcome: 'absent' });
    ehr.advance(3_600_000);
    expect(await client.read('Task', 'never')).toEqual({ outcome: 'absent' });
    expect((await failure(testClient(ehr.base).client.read('Task', 'never'))).code).toBe('unauthorized');
  },
);

test('a rotation is seen at the address of our keys, by an EHR that keeps what it has fetched', async () => {
  const keys = [await newKey('ES384', '2026-11-21T09:00:00.000Z')];
  const app = express().use(
    '/jwks',
    jwksRouter(() => publishedKeys(keys, ehr.now())),
  );
  const ours = await listen(app);
  ehr = await openTestbed({ auth: { clientId: 'loopkeeper', jwks: new URL(`${ours.url}/jwks`) } });
  const auth = authAt(() => keys);
  const { client } = testClient(ehr.base, { auth, clock: ehr.now });
  const kids = async () => {
    const answer = await fetch(`${ours.url}/jwks`);
    expect(answer.headers.get('cache-control')).toBe('public, max-age=3600');
    return ((await answer.json()) as { keys: PrivateKey[] }).keys.map(({ kid, d }) => [kid, d]);
  };
  expect(await client.read('Task', 'never')).toEqual({ outcome: 'absent' });
  keys.push(await newKey('RS384', plus(ehr.now(), 'PT24H')));
  const [old, fresh] = keys.map(key => [key.kid, undefined]);
  for (const [ms, published] of [
    [0, [old, fresh]],
    [24 * 3_600_000, [old, fresh]],
    [3_600_000, [fresh]],
  ] as const) {
    ehr.advance(ms);
    expect(await client.read('Task', 'never')).toEqual({ outcome: 'absent' });
    expect(await kids()).toEqual(published);
  }
  await ours.close();
});
