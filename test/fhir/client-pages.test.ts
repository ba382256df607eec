import { expect, test } from 'vitest';
import type { EhrClient } from '../../sync/fhir/client.ts';
import { PageExpired } from '../../sync/fhir/outcome.ts';
import { against, epicOutcome, failure, outcome } from './support/against.ts';
import { inOrder } from './support/script.ts';

const all = async (client: EhrClient, path: string) => {
  const bundles = [];
  for await (const bundle of client.pages(path, { fresh: true })) bundles.push(bundle);
  return bundles;
};

const bundle = (next?: string) => ({
  resourceType: 'Bundle',
  type: 'searchset',
  link: next === undefined ? [] : [{ relation: 'next', url: next }],
});

test('follows next as it is given, on another path of the same host too', async () => {
  let base = '';
  const { client, server } = await against((_, count) => ({
    status: 200,
    body: [bundle(`${base}/other/path?_getpages=a%20b&x=1`), bundle('/fhir?page=3'), bundle()][count - 1],
  }));
  base = server.url;
  expect(await all(client, 'Appointment?_count=1')).toHaveLength(3);
  expect(server.heard.map(h => h.url)).toEqual([
    '/fhir/Appointment?_count=1',
    '/other/path?_getpages=a%20b&x=1',
    '/fhir?page=3',
  ]);
  expect(server.heard.every(h => h.headers['cache-control'] === 'no-cache')).toBe(true);
});

test.each(['http://evil.example/fhir?page=2', 'https://127.0.0.1/fhir', '//evil.example/x', 'file:///etc/passwd'])(
  'a next link to %s is not followed',
  async next => {
    const { client, server } = await against(() => ({ status: 200, body: bundle(next) }));
    expect((await failure(all(client, 'Appointment'))).code).toBe('foreign-link');
    expect(server.heard).toHaveLength(1);
  },
);

test.each([
  ['HAPI', { status: 410, body: outcome('processing', 'HAPI-0417: unknown') }],
  ['Epic', { status: 400, body: epicOutcome('4113') }],
  [
    'Epic, as a remark',
    {
      status: 200,
      body: {
        resourceType: 'Bundle',
        entry: [{ resource: epicOutcome('4113') }],
      },
    },
  ],
])('an expired page says so: %s', async (_, expired) => {
  const { client } = await against(inOrder({ status: 200, body: bundle('/fhir?page=2') }, expired));
  expect(await failure(all(client, 'Appointment'))).toBeInstanceOf(PageExpired);
});

test('a circle of pages ends', async () => {
  const { client } = await against(() => ({ status: 200, body: bundle('/fhir?page=2') }));
  expect((await failure(all(client, 'Appointment'))).code).toBe('not-fhir');
});
