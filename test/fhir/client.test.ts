import type { Resource } from '@medplum/fhirtypes';
import { describe, expect, test } from 'vitest';
import { against, appointment, failure, outcome, task } from './support/against.ts';
import { inOrder } from './support/script.ts';

describe('read', () => {
  test.each([
    ['found', { status: 200, body: appointment }, { outcome: 'found', resource: appointment }],
    ['deleted', { status: 410, body: outcome('deleted') }, { outcome: 'gone' }],
    ['never there', { status: 404, body: outcome('not-found') }, { outcome: 'absent' }],
  ])('%s', async (_, answer, expected) => {
    const { client } = await against(() => answer);
    expect(await client.read('Appointment', '9')).toEqual(expected);
  });

  test.each([
    ['another resource', { status: 200, body: { ...appointment, id: '10' } }, 'not-fhir'],
    ['a web page', { status: 200, body: '<html>' }, 'not-fhir'],
    ['JSON that is no resource', { status: 200, body: ['x'] }, 'not-fhir'],
    ['a redirect', { status: 302, headers: { location: 'http://127.0.0.1:1/' } }, 'refused'],
    ['no permission', { status: 403, body: outcome('forbidden') }, 'forbidden'],
  ])('%s says nothing about whether it is there', async (_, answer, code) => {
    const { client } = await against(() => answer);
    expect((await failure(client.read('Appointment', '9'))).code).toBe(code);
  });

  test.each(['..', '.', '../Patient', 'a/b', '', 'a?b'])('the id %j cannot name another path', async id => {
    const { client, server } = await against(() => ({ status: 200, body: appointment }));
    expect((await failure(client.read('Appointment', id))).code).toBe('refused');
    expect(server.heard).toEqual([]);
  });
});

describe('write', () => {
  test('two creates of one key at once: the 409 ends in the row of the other', async () => {
    const { client, server } = await against(
      inOrder(
        { status: 409, body: outcome('processing', 'HAPI-0550: HAPI-0989') },
        { status: 200, body: { ...task, id: '7' } },
      ),
    );
    expect(await client.create(task, 'identifier=a|b')).toEqual({ resource: { ...task, id: '7' }, created: false });
    expect(server.heard.map(h => h.headers['if-none-exist'])).toEqual(['identifier=a|b', 'identifier=a|b']);
  });

  test('where If-None-Exist is not obeyed it is not sent, and a lost answer stays unknown', async () => {
    const { client, server } = await against(() => ({ status: 0, hangUp: true }), 'epic');
    expect((await failure(client.create(task, 'identifier=a|b'))).code).toBe('outcome-unknown');
    expect(server.heard[0]?.headers['if-none-exist']).toBeUndefined();
  });

  test('conditional creates go one at a time where together they would only collide', async () => {
    let open = 0;
    let most = 0;
    const { client } = await against(async () => {
      most = Math.max(most, ++open);
      await new Promise(resolve => setImmediate(resolve));
      open -= 1;
      return { status: 201, body: { ...task, id: '1' } };
    }, 'medplum');
    await Promise.all(['a', 'b', 'c', 'd'].map(key => client.create(task, `identifier=s|${key}`)));
    expect(most).toBe(1);
  });

  test('a server that answers a create with headers only still names the row', async () => {
    const { client } = await against(() => ({
      status: 201,
      headers: { location: 'http://x/fhir/Task/abc/_history/2', etag: 'W/"2"' },
    }));
    expect(await client.create(task)).toEqual({
      resource: { ...task, id: 'abc', meta: { versionId: '2' } },
      created: true,
    });
  });

  test.each([409, 412])('%i on an update is a conflict', async status => {
    const { client, server } = await against(() => ({ status, body: outcome('conflict') }));
    expect(await client.update(appointment, '3')).toEqual({ outcome: 'conflict' });
    expect(server.heard[0]?.headers['if-match']).toBe('W/"3"');
  });

  test('a delete that clashes with the server’s own write is asked again', async () => {
    const clash = { status: 409, body: outcome('processing', 'HAPI-0550: HAPI-0826') };
    const { client, server } = await against(inOrder(clash, { status: 204 }));
    await client.remove({ type: 'Subscription', id: '7' });
    expect(server.heard).toHaveLength(2);
  });

  test('Medplum ignores If-Match on a patch, so the version is tested inside it', async () => {
    const failed = outcome('invalid', 'Test failed: /meta/versionId');
    const { client, server } = await against(() => ({ status: 400, body: failed }), 'medplum');
    const ref = { type: 'Appointment', id: '9' };
    expect(await client.patch(ref, [{ op: 'remove', path: '/comment' }], 'v1')).toEqual({ outcome: 'conflict' });
    expect(JSON.parse(server.heard[0]?.body ?? '')).toEqual([
      { op: 'test', path: '/meta/versionId', value: 'v1' },
      { op: 'remove', path: '/comment' },
    ]);
  });

  test('every request carries an id by which an echo can be told', async () => {
    const { client, server } = await against(() => ({ status: 404 }));
    await client.read('Appointment', '9');
    expect(server.heard[0]?.headers['x-request-id']).toMatch(/^loopkeeper-[a-z0-9]+$/);
  });
});

test('neither errors nor logs repeat what the EHR or the search said', async () => {
  const canary = 'Canary-Quillfeather';
  const { client, logged } = await against((_, count) => ({
    status: count < 4 ? 503 : 422,
    body: outcome('processing', `HAPI-1234: ${canary}`),
  }));
  const patient: Resource = { resourceType: 'Patient', id: '1', name: [{ family: canary }] };
  const errors = [
    await failure(drain(client.pages(`Patient?name=${canary}`, { fresh: true }))),
    await failure(client.update(patient, '1')),
  ];
  expect(errors.map(e => e.diagnostics)).toEqual(['processing, HAPI-1234', 'processing, HAPI-1234']);
  expect(JSON.stringify([logged, errors.map(e => [e.message, e.stack])])).not.toContain(canary);
});

async function drain(pages: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of pages);
}
