import type { Bundle, Task } from '@medplum/fhirtypes';
import { exportJWK, generateKeyPair } from 'jose';
import { afterEach, expect, test } from 'vitest';
import { backendServices } from '../../sync/fhir/auth/backend-services.ts';
import { discoveredTokenUrl } from '../../sync/fhir/auth/discovery.ts';
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

test('Backend Services open the door of a real token endpoint, and keep it open when the token ends', async () => {
  const pair = await generateKeyPair('ES384', { extractable: true });
  const publicKey = { ...(await exportJWK(pair.publicKey)), kid: 'k1', alg: 'ES384', use: 'sig' };
  ehr = await openTestbed({ auth: { clientId: 'loopkeeper', jwks: { keys: [publicKey] } } });
  let id = 0;
  const auth = backendServices({
    fetch,
    clock: ehr.now,
    tokenUrl: discoveredTokenUrl(ehr.base, fetch),
    clientId: 'loopkeeper',
    privateKey: { ...(await exportJWK(pair.privateKey)), kid: 'k1' },
    alg: 'ES384',
    scope: 'system/*.cruds',
    newId: () => `jti-${++id}`,
  });
  const { client } = testClient(ehr.base, { auth, clock: ehr.now });
  expect(await client.read('Task', 'never')).toEqual({ outcome: 'absent' });
  ehr.advance(3_600_000);
  expect(await client.read('Task', 'never')).toEqual({ outcome: 'absent' });
  expect((await failure(testClient(ehr.base).client.read('Task', 'never'))).code).toBe('unauthorized');
});
