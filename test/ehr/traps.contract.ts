import { describe, expect, test } from 'vitest';
import { connectTo } from './connect-to.ts';
import { type Ehr, onEveryEhr } from './ehr.ts';
import { markingClient } from './marked.ts';
import { putAll } from './put-all.ts';
import { PAGE, round } from './round.ts';

/** What a poll must get by, as it was seen of HAPI (`hapi.md` §0) and Medplum (`medplum.md` §0). */
onEveryEhr('the traps of a poll', ehr => {
  test('page link that expires (410) in mid-feed: the walk starts over and finds everything', async ({ skip }) => {
    const ids = Array.from({ length: 2 * PAGE + 5 }, () => ehr.newId('paged'));
    await putAll(ehr, ids);
    let broken = 0;
    const breaking: typeof fetch = (input, init) => {
      const url = String(input);
      const link = /_getpages=([^&]+)/.exec(url)?.[1];
      if (link === undefined || broken++ > 0) return fetch(input, init);
      return fetch(url.replace(link, '00000000-0000-4000-8000-000000000000'), init);
    };
    const other = await connectTo(ehr.connection.baseUrl, { fetcher: breaking });
    const connection = { ...other, client: markingClient(other.client, ehr.run) };
    const { statuses } = await round({ connection }, 'last-updated', undefined);
    skip(broken === 0, 'Its page links name no state of the server.');
    expect(ids.filter(id => statuses[id] === undefined)).toEqual([]);
    expect(broken).toBeGreaterThan(1);
  });

  test('late rows: what becomes visible behind a newer row is found by a later walk', async () => {
    const large = Array.from({ length: 4 }, () => Array.from({ length: 60 }, () => ehr.newId('late')));
    const small = Array.from({ length: 60 }, () => ehr.newId('early'));
    let writing = true;
    const writers = Promise.all([
      ...large.map(ids => putAll(ehr, ids)),
      (async () => {
        for (const id of small) await ehr.put(id);
      })(),
    ]).finally(() => {
      writing = false;
    });
    const found = new Set<string>();
    let { cursor } = await round(ehr, 'last-updated', undefined);
    for (let last = false; !last; ) {
      last = !writing;
      const walk = await round(ehr, 'last-updated', cursor);
      for (const id of Object.keys(walk.statuses)) found.add(id);
      cursor = walk.cursor;
    }
    await writers;
    expect([...large.flat(), ...small].filter(id => !found.has(id))).toEqual([]);
  });

  test('_deleted=true that is ignored: the living are not taken for dead', async ({ skip }) => {
    const { status } = await ehr.ask('GET', 'Appointment?_deleted=true');
    skip(status >= 400, `It refuses the parameter with ${status}.`);
    const id = ehr.newId('living');
    await ehr.put(id);
    const options = { deletes: 'deleted-param' as const };
    const { cursor } = await round(ehr, 'last-updated', undefined, options);
    const { statuses, deleted } = await round(ehr, 'last-updated', cursor, options);
    expect([statuses[id], deleted.includes(id)]).toEqual([['booked'], false]);
  });

  test('whole seconds as intervals: what has exactly the stamp that is asked from is in the answer', async () => {
    const { id, meta } = await ehr.put(ehr.newId('stamped'));
    const stamp = new Date(meta?.lastUpdated ?? '').toISOString();
    const found: (string | undefined)[] = [];
    const path = `Appointment?_lastUpdated=ge${stamp}&_sort=_lastUpdated`;
    for await (const bundle of ehr.connection.client.pages(path, { fresh: true }))
      found.push(...(bundle.entry ?? []).map(entry => entry.resource?.id));
    expect(found).toContain(id);
  });

  describe('OperationOutcomes of every shape: the code is understood, and no word of it gets out', () => {
    const CANARY = 'Zanzibar';
    const patient = { resourceType: 'Patient' as const, name: [{ family: CANARY }] };
    const WRONG: [what: string, code: string, ask: () => Promise<unknown>][] = [
      [
        'a code that there is not',
        'refused',
        () => ehr.connection.client.create({ ...patient, gender: CANARY as never }),
      ],
      ['a date that is none', 'refused', () => ehr.connection.client.create({ ...patient, birthDate: CANARY })],
      ['a search parameter that there is not', 'refused', () => all(ehr, `Patient?bogus=${CANARY}`)],
      ['a value of a date that is none', 'refused', () => all(ehr, `Appointment?date=${CANARY}`)],
      ['a type that there is not', 'not-found', () => all(ehr, `Zanzibar?name=${CANARY}`)],
    ];
    test.each(WRONG)('%s: %s', async (_what, code, ask) => {
      const error = await ask().then(
        () => new Error('It was taken.'),
        (cause: Error) => cause,
      );
      expect(error).toMatchObject({ name: 'EhrError', code, retry: 'never' });
      expect(`${error.message} ${JSON.stringify(error)}`.replaceAll(/search \w+/g, '')).not.toContain(CANARY);
    });
  });
});

async function all({ connection }: Ehr, path: string): Promise<void> {
  for await (const _ of connection.client.pages(path, { fresh: true }));
}
