import { appendFileSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openReceiver } from './receiver.ts';
import { openTestbed } from './testbed.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sandbox-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const journal = () => join(folder, readdirSync(folder)[0] ?? '');

test('versions, deletes and the order of time outlive the process', async () => {
  const before = await openTestbed({ folder });
  await before.store.create({ resourceType: 'Patient', id: 'a', active: true });
  await before.store.create({ resourceType: 'Patient', id: 'b' });
  const last = await before.store.update({ resourceType: 'Patient', id: 'a', active: false });
  await before.store.delete('Patient', 'b');
  const history = (await before.request('GET', 'Patient/_history')).bundle();
  await before.close();

  const after = await openTestbed({ folder });
  const again = (await after.request('GET', 'Patient/_history')).bundle();
  expect(again.entry?.map(({ response }) => response)).toEqual(history.entry?.map(({ response }) => response));
  expect((await after.request('GET', 'Patient/b')).status).toBe(410);
  const next = await after.store.update({ resourceType: 'Patient', id: 'a', active: true });
  expect(next.meta?.versionId).toBe('3');
  expect((next.meta?.lastUpdated ?? '') > (last.meta?.lastUpdated ?? '')).toBe(true);
  await after.close();
});

test('active Subscriptions go on after a restart', async () => {
  const hook = await openReceiver();
  const first = await openTestbed({ folder });
  await first.store.create({
    resourceType: 'Subscription',
    status: 'requested',
    reason: 'Test',
    criteria: 'Patient?',
    channel: { type: 'rest-hook', endpoint: hook.url, payload: 'application/fhir+json' },
  });
  await first.settle();
  await first.close();
  const second = await openTestbed({ folder });
  await second.store.create({ resourceType: 'Patient', id: 'a' });
  await second.settle();
  expect(hook.received.map(({ method, path }) => `${method} ${path}`)).toEqual(['PUT /Patient/a']);
  await second.close();
  await hook.close();
});

test('a torn last line is cut off, and what follows is kept', async () => {
  const first = await openTestbed({ folder });
  await first.store.create({ resourceType: 'Patient', id: 'a' });
  await first.close();
  appendFileSync(journal(), '[{"type":"Patient","id":"torn","method":"POST","ver');
  const second = await openTestbed({ folder });
  expect((await second.store.search('Patient')).map(({ id }) => id)).toEqual(['a']);
  await second.store.create({ resourceType: 'Patient', id: 'b' });
  await second.close();
  const third = await openTestbed({ folder });
  expect((await third.store.search('Patient')).map(({ id }) => id)).toEqual(['a', 'b']);
  await third.close();
});

test('a transaction that failed is not in the journal', async () => {
  const first = await openTestbed({ folder });
  const failing = first.store.transaction(async within => {
    await within.create({ resourceType: 'Patient', id: 'a' });
    await within.delete('Patient', 'nobody');
  });
  await expect(failing).rejects.toThrow();
  await first.store.create({ resourceType: 'Patient', id: 'b' });
  await first.close();
  const second = await openTestbed({ folder });
  expect((await second.store.search('Patient')).map(({ id }) => id)).toEqual(['b']);
  await second.close();
});
