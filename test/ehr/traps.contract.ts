import type { Bundle } from '@medplum/fhirtypes';
import { describe, expect, test } from 'vitest';
import type { Connection } from '../../sync/reconcile/connection.ts';
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
    const connection = await through(ehr, breaking);
    const { statuses } = await round({ connection }, 'last-updated', undefined);
    skip(broken === 0, 'Its page links name no state of the server.');
    expect(ids.filter(id => statuses[id] === undefined)).toEqual([]);
    expect(broken).toBeGreaterThan(1);
  });

  test.each(['last-updated', 'type-history'] as const)(
    'late rows: what becomes visible behind a newer row is found by the next walk of %s',
    async kind => {
      const { cursor: before } = await round(ehr, kind, undefined);
      const [late, newer] = [ehr.newId('late'), ehr.newId('newer')];
      await ehr.put(late);
      await ehr.put(newer);
      const connection = await through(ehr, async (input, init) => withoutRow(await fetch(input, init), late));
      const first = await round({ connection }, kind, before);
      // A walk that got fewer rows than the EHR counts is walked again, so what is there may come several times.
      expect([first.statuses[late], [...new Set(first.statuses[newer])]]).toEqual([undefined, ['booked']]);
      const second = await round(ehr, kind, first.cursor);
      expect(second.statuses[late]).toEqual(['booked']);
    },
  );

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

/** The same EHR, asked through this fetch. */
async function through({ connection, run }: Ehr, fetcher: typeof fetch): Promise<Connection> {
  const other = await connectTo(connection.baseUrl, { fetcher });
  return { ...other, client: markingClient(other.client, run) };
}

/** As a server answers whose transaction with this row has not yet ended. */
async function withoutRow(response: Response, id: string): Promise<Response> {
  const body = (await response.json()) as Bundle;
  const entry = body.entry?.filter(each => each.resource?.id !== id);
  return Response.json(entry ? { ...body, entry } : body, { status: response.status });
}

async function all({ connection }: Ehr, path: string): Promise<void> {
  for await (const _ of connection.client.pages(path, { fresh: true }));
}
