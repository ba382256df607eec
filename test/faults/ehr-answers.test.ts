import type { Appointment, Bundle, Task } from '@medplum/fhirtypes';
import { beforeAll, describe, expect, it } from 'vitest';
import { bearer } from '../../sync/fhir/auth/bearer.ts';
import { against, failure, outcome, task } from '../fhir/support/against.ts';
import { at, round } from '../fhir/support/round.ts';
import { scripted } from '../fhir/support/script.ts';
import { ANA, BEN, visitOf } from '../support/chart.ts';
import { freePort } from '../support/free-port.ts';
import { tasksIn } from '../support/in-chart.ts';
import type { Whole } from '../support/whole.ts';
import { wholes } from '../support/wholes.ts';
import { canary, expectNothingLeaked, openTasks, words } from './leaks.ts';

/*
 * Faults of the EHR, 2: what it answers, on the whole service. One visit moves while the fault lasts, and the reminder of
 * another falls due: nothing is said meanwhile, and once each afterwards. What else an EHR answers: Epic's remarks, expired
 * links and circles of pages in test/fhir/client-pages.test.ts and poll-contract.ts; a search that comes back empty in
 * test/reconcile/mirror.test.ts; one record that cannot be read in test/reconcile/hints.test.ts; strange but legal
 * answers on real servers in test/ehr. 1: the wire (ehr-transport), 3: the records (ehr-records).
 */

const FRIDAY = '2026-11-27T17:00:00.000Z';
/** Its reminder is due in an hour. */
const WEDNESDAY = '2026-11-25T17:00:00.000Z';
const NEXT_MONDAY = '2026-11-30T17:00:00.000Z';
const CANARY = 'Zzfamily';

type Answer = (url: URL, real: () => Promise<Response>) => Promise<Response> | Response;

const open = wholes();
let nobody: string;
beforeAll(async () => {
  nobody = `http://127.0.0.1:${await freePort()}`;
});

/** Two patients who were there before us. `ill.answer`: what stands between the EHR and us. */
async function practice(hears: 'hooks' | 'poll' = 'hooks') {
  const ill: { answer?: Answer | undefined } = {};
  const whole = await open({
    hears,
    fetch: async (url, init) => {
      const real = () => fetch(url, init);
      return ill.answer && (init?.method ?? 'GET') === 'GET' ? ill.answer(new URL(String(url)), real) : real();
    },
    before: async ({ store }) => {
      await store.create(canary('ana', ANA));
      await store.create(canary('ben', BEN));
      await store.create(visitOf('one', ['ana'], FRIDAY));
      await store.create(visitOf('two', ['ben'], WEDNESDAY));
    },
  });
  return { whole, ill };
}

const saying = (status: number, type: string, body: unknown): Answer => {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return () => new Response(text, { status, headers: { 'content-type': type } });
};
const FHIR = 'application/fhir+json';
const said = outcome('processing', `Somebody named ${CANARY}`);
/** Read only: a search would show each of them under its own id. */
const swapped: Answer = (url, real) => {
  if (!/\/Appointment\/\w+$/.test(url.pathname)) return real();
  url.pathname = url.pathname.replace(/\w+$/, id => (id === 'one' ? 'two' : 'one'));
  return fetch(url);
};

/** The answer, what the operator reads of a poll meanwhile (nothing, where the poll is not touched), and the code in the log. */
const FAULTS: [name: string, answer: Answer, poll: RegExp | undefined, code: string][] = [
  ['200 with an OperationOutcome', saying(200, FHIR, said), /is no Bundle\.$/, 'not-fhir'],
  ['200 without a body', saying(200, FHIR, ''), /is no Bundle\.$/, 'not-fhir'],
  ['truncated JSON', saying(200, FHIR, '{"resourceType":"Bundle","entry":[{"re'), /is no JSON\.$/, 'not-fhir'],
  ['a web page with 200', saying(200, 'text/html', `<h1>${CANARY}</h1>`), /is no JSON\.$/, 'not-fhir'],
  ['a web page with 404', saying(404, 'text/html', `<h1>${CANARY}</h1>`), /answered 404/, 'not-fhir'],
  ['JSON that is no FHIR', saying(200, 'application/json', { ok: true }), /is no Bundle\.$/, 'not-fhir'],
  ['another resource under the right id', swapped, undefined, 'not-fhir'],
  ['500', saying(500, FHIR, said), /answered 500|failed several times/, 'server'],
  ['502 with HTML', saying(502, 'text/html', `<h1>${CANARY}</h1>`), /answered 502|failed several times/, 'server'],
  ['403', saying(403, FHIR, said), /answered 403 .*forbidden|answered 403/, 'forbidden'],
  ['429', saying(429, FHIR, said), /answered 429|asked for silence/, 'throttled'],
  [
    'refused connections',
    url => fetch(url.href.replace(url.origin, nobody)),
    /could not be reached|failed several times/,
    'network',
  ],
];

async function move({ ehr }: Whole, id: string, start: string) {
  const visit = (await ehr.store.read('Appointment', id)) as Appointment;
  await ehr.store.update({ ...visitOf(id, ['ana'], start), participant: visit.participant });
}

describe('while the EHR answers', () => {
  it.each(FAULTS)('%s: nothing is said, and once afterwards', async (_, answer, poll, code) => {
    const { whole, ill } = await practice();
    ill.answer = answer;
    await move(whole, 'one', NEXT_MONDAY);
    await whole.advance('PT2H');
    if (poll) await expect(whole.poll()).rejects.toThrow(poll);
    expect(await words(whole)).toEqual([]);
    expect(whole.logged.join('')).toContain(`"code":"${code}"`);
    ill.answer = undefined;
    await whole.advance('PT15M');
    await whole.poll();
    await whole.advance('PT1H');
    expect([await words(whole, ANA), await words(whole, BEN)]).toEqual([
      [expect.stringMatching(/Fri, Nov 27.* is now Mon, Nov 30/)],
      [expect.stringMatching(/Wed, Nov 25/)],
    ]);
    expect([await openTasks(whole, 'ana'), await openTasks(whole, 'ben')]).toEqual([[], []]);
    await expectNothingLeaked(whole);
  });

  const HARMLESS: [name: string, answer: Answer][] = [
    [
      'with a wrong content type',
      async (_, real) => new Response(await (await real()).text(), { headers: { 'content-type': 'text/plain' } }),
    ],
    ['every search with all there is, as it knows none of our parameters', ignoreParameters],
    ['each page twice', eachPageTwice()],
  ];

  it.each(HARMLESS)('%s: everything is said, once', async (_, answer) => {
    const { whole, ill } = await practice('poll');
    ill.answer = answer;
    await move(whole, 'one', NEXT_MONDAY);
    await whole.poll();
    await whole.poll();
    await whole.advance('PT2H');
    await whole.poll();
    await whole.advance('PT1H');
    expect([await words(whole, ANA), await words(whole, BEN)]).toEqual([
      [expect.stringMatching(/is now Mon, Nov 30/)],
      [expect.stringMatching(/Wed, Nov 25/)],
    ]);
    await whole.says(ANA, 'I shall be late');
    await whole.poll();
    whole.restart();
    await whole.poll();
    expect((await tasksIn(whole)).map(({ status }: Task) => status)).toEqual(['requested']);
    await expectNothingLeaked(whole);
  });
});

function ignoreParameters(url: URL): Promise<Response> {
  for (const name of [...url.searchParams.keys()]) if (!name.startsWith('_getpages')) url.searchParams.delete(name);
  return fetch(url);
}

/** The next link of a first page leads to that page again, under another address, and only then on. */
function eachPageTwice(): Answer {
  return async (url, real) => {
    const again = url.searchParams.has('again');
    url.searchParams.delete('again');
    const answer = await (again ? fetch(url) : real());
    const bundle = (await answer.clone().json()) as Bundle;
    if (again || bundle.resourceType !== 'Bundle') return answer;
    url.searchParams.set('again', '1');
    return Response.json({ ...bundle, link: [{ relation: 'next', url: url.href }] });
  };
}

describe('pages', () => {
  it('that lead to another host are not followed, and nobody there ever sees our token', async () => {
    const thief = await scripted(() => ({ status: 200, body: { resourceType: 'Bundle' } }));
    const next = { relation: 'next', url: `${thief.url}/fhir?page=2` };
    const { client, server } = await against(
      () => ({ status: 200, body: { resourceType: 'Bundle', type: 'searchset', link: [next] } }),
      'sandbox',
      { auth: bearer(`token-${CANARY}`) },
    );
    const walk = async () => {
      for await (const _ of client.pages('Appointment', { fresh: true }));
    };
    const error = await failure(walk());
    expect(error.message).toBe('A link led away from the configured EHR and was not followed.');
    expect([server.heard[0]?.headers.authorization, thief.heard]).toEqual([`Bearer token-${CANARY}`, []]);
    await thief.close();
  });

  /** Three rows, two a page, numbered: the first changes while the pages are turned, so the third slips to page 1. */
  const shifting = (times: number) => {
    let rows = ['a', 'b', 'c'];
    let left = times;
    return (offset: number) => {
      const entry = rows.slice(offset, offset + 2).map(id => ({ resource: at('2026-11-21T15:00:00.000Z', id) }));
      if (offset === 0 && left > 0) {
        left -= 1;
        const [first = '', ...others] = rows;
        rows = [...others, first];
      }
      const link = offset === 0 ? [{ relation: 'next', url: '/fhir/Appointment?page=2' }] : [];
      return { status: 200, body: { resourceType: 'Bundle', type: 'searchset', total: 3, link, entry } };
    };
  };

  it.each(['last-updated', 'type-history'] as const)(
    'that skip a row, as rows changed while they were turned: the walk is made again (%s)',
    async feed => {
      const page = shifting(1);
      const { ids, urls } = await round(feed, 'sandbox', undefined, ({ url }) => page(url.includes('page=2') ? 2 : 0));
      expect([[...new Set(ids)].sort(), urls.length]).toEqual([['a', 'b', 'c'], 4]);
    },
  );

  it('whose count is never right: three walks, and on', async () => {
    const page = shifting(100);
    const { cursor, urls } = await round('last-updated', 'sandbox', undefined, ({ url }) =>
      page(url.includes('page=2') ? 2 : 0),
    );
    expect([cursor?.kind, urls.length]).toEqual(['last-updated', 6]);
  });
});

describe('a write that is answered', () => {
  const headers = { location: 'http://x/fhir/Task/7/_history/2', etag: 'W/"2"' };
  const remark = { resourceType: 'OperationOutcome', issue: [{ severity: 'information', code: 'informational' }] };

  it.each([
    ['201 with remarks in its place', { status: 201, headers, body: remark }, { id: '7', meta: { versionId: '2' } }],
    ['201 with an error in its place', { status: 201, headers, body: said }, 'refused'],
    ['200 with remarks, and no name', { status: 200, body: remark }, 'refused'],
    ['200 with another type', { status: 200, body: { resourceType: 'Basic', id: '7' } }, 'refused'],
  ] as const)('%s', async (_, answer, expected) => {
    const { client } = await against(() => ({
      ...answer,
      headers: { ...('headers' in answer ? answer.headers : {}) },
    }));
    const creating = client.create(task, 'identifier=a|b');
    if (typeof expected === 'string') {
      const error = await failure(creating);
      expect([error.code, error.retry, error.message.includes(CANARY)]).toEqual([expected, 'later', false]);
    } else expect((await creating).resource).toEqual({ ...task, ...expected });
  });
});
