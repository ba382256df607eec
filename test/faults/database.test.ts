import type { Appointment } from '@medplum/fhirtypes';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { SECRET_HEADER } from '../../sync/fhir/notification/verify.ts';
import { askAboutCutOff } from '../../sync/reconcile/outcome.ts';
import { type Database, openPostgres } from '../../sync/store/database.ts';
import { addressOf } from '../bench/engine.ts';
import { ANA, visitOf } from '../support/chart.ts';
import { migratedPostgres, POSTGRES } from '../support/database.ts';
import { openWhole, SECRET, type Whole, type WholeOptions } from '../support/whole.ts';
import { canary, expectNothingLeaked, fates, words } from './leaks.ts';
import { type Line, openLine } from './line.ts';
import { type End, ending, failing, locked, openTransactions, standby } from './trouble.ts';

/*
 * Faults of the database, on a real server behind a line that can be cut. Two processes on one embedded folder:
 * test/store/folder-lock; kills of the service itself: test/torture.
 */

const server = POSTGRES;
if (!server) process.stderr.write('NOT RUN: faults of the database need PostgreSQL (LOOPKEEPER_TEST_POSTGRES).\n');

const FRIDAY = '2026-11-27T17:00:00.000Z';
const NEXT_MONDAY = '2026-11-30T17:00:00.000Z';
const MOVED = /Fri, Nov 27.* is now Mon, Nov 30/;

describe.runIf(server)('the database', () => {
  /** As somebody sees it who is not behind the line. */
  let database: Database;
  let line: Line;
  let ours: Database | undefined;
  let whole: Whole | undefined;
  beforeAll(async () => {
    const writes = new URL(server ?? '');
    writes.searchParams.set('options', '-c default_transaction_read_only=off');
    database = await migratedPostgres(writes.href);
    line = await openLine(new URL(server ?? ''));
  });
  afterEach(async () => {
    await whole?.close();
    await ours?.close();
    whole = undefined;
    ours = undefined;
  });
  afterAll(async () => {
    await line.stop();
    await database.close();
  });

  async function open(patience: Record<string, string> = {}, options: WholeOptions = {}): Promise<Whole> {
    const url = new URL(line.through(addressOf(database)));
    url.search = '?application_name=ours';
    for (const [name, value] of Object.entries(patience)) url.searchParams.set(name, value);
    const behind = await openPostgres(url.href);
    ours = behind;
    whole = await openWhole({
      ...options,
      database,
      through: () => behind,
      async before({ store }) {
        await store.create(canary('ana', ANA));
        await store.create(visitOf('one', ['ana'], FRIDAY));
      },
    });
    return whole;
  }

  interface Trouble {
    begin: () => Promise<End>;
    /** Shorter than in earnest. */
    patience?: Record<string, string>;
    /** What whoever brings a notification meanwhile is told. */
    hooks: 200 | 503;
    /** Likewise an orchestrator. */
    ready?: 503;
  }
  const cut = async () => line.cut();
  const TROUBLES: [name: string, trouble: Trouble][] = [
    ['is down', { begin: cut, hooks: 503, ready: 503 }],
    [
      'is gone without a word, as when its machine fails and another takes over',
      { patience: { query_timeout: '400' }, begin: async () => line.freeze(), hooks: 503 },
    ],
    ['ends our connections', { begin: () => ending(database), hooks: 200 }],
    [
      'ends a connection in the middle of a statement, twice',
      { begin: () => failing(database, '57P01', 2), hooks: 503 },
    ],
    ['has become a standby, and takes no writes', { begin: () => standby(database), hooks: 503, ready: 503 }],
    ['cannot put two transactions in a row, three times', { begin: () => failing(database, '40001', 3), hooks: 503 }],
    ['finds a deadlock, three times', { begin: () => failing(database, '40P01', 3), hooks: 503 }],
    ['has a full disk', { begin: () => failing(database, '53100'), hooks: 503 }],
    [
      'takes too long over a statement',
      { patience: { statement_timeout: '300' }, begin: () => locked(database), hooks: 503 },
    ],
    ['is far away: a fifth of a second to it and back', { begin: async () => line.slow(100), hooks: 200 }],
  ];

  it.each(TROUBLES)(
    '%s: nothing is lost, and nothing said twice',
    async (_, { patience, begin, hooks, ready }) => {
      const one = await open(patience);
      const end = await begin();
      expect(await knock(one)).toBe(hooks);
      if (ready) expect((await fetch(`${one.url}/readyz`)).status).toBe(ready);
      await move(one);
      await one.settle().catch(() => undefined);
      expect(await words(one)).toEqual([]);
      await end();
      // The EHR brings again what was refused: after a second, five, and half a minute.
      for (const wait of ['PT2S', 'PT5S', 'PT30S', 'PT20M']) await one.advance(wait);
      expect(await words(one)).toEqual([expect.stringMatching(MOVED)]);
      await expectNothingLeaked(one);
    },
    180_000,
  );

  const LOST: [name: string, begin: () => Promise<End>][] = [
    ['is down', cut],
    ['has become a standby', () => standby(database)],
    ['has a full disk', () => failing(database, '53100')],
  ];

  it.each(LOST)(
    '%s when we want to note that a text has left: it is asked about, and not sent again',
    async (_, begin) => {
      let end: End | undefined;
      const one = await open(
        {},
        {
          channels: ({ sms }) => ({
            sms: sms && {
              ...sms,
              async send(message) {
                const result = await sms.send(message);
                end ??= await begin();
                return result;
              },
            },
          }),
        },
      );
      one.phones.delivers = false;
      await move(one);
      await expect(one.advance('PT20M')).rejects.toThrow();
      await end?.();
      expect(await fates(one, 'ana')).toContain('change-notice sending');
      await one.advance('PT10M');
      await askAboutCutOff(one.service);
      await one.advance('PT1H');
      expect(await words(one)).toEqual([expect.stringMatching(MOVED)]);
      expect(await fates(one, 'ana')).toContain('change-notice sent');
    },
  );

  it('has no transaction open while we wait for the EHR or the provider, so that a slow one never uses up the pool', async () => {
    const seen: unknown[] = [];
    const look = async () => void seen.push(await openTransactions(database));
    const one = await open(
      {},
      {
        fetch: async (...request) => {
          await look();
          return fetch(...request);
        },
        channels: ({ sms }) => ({
          sms: sms && {
            ...sms,
            async send(message) {
              await look();
              return sms.send(message);
            },
          },
        }),
      },
    );
    seen.length = 0;
    await move(one);
    await one.advance('PT20M');
    await one.says(ANA, 'C');
    await one.poll();
    expect(await words(one)).toHaveLength(2);
    expect(seen.length).toBeGreaterThan(20);
    expect(new Set(seen)).toEqual(new Set([0]));
  });
});

async function move({ ehr }: Whole): Promise<void> {
  const visit = (await ehr.store.read('Appointment', 'one')) as Appointment;
  await ehr.store.update({ ...visit, start: NEXT_MONDAY, end: '2026-11-30T17:30:00.000Z' });
  await ehr.settle();
}

/** An EHR brings a hook. */
async function knock({ url }: Whole): Promise<number> {
  const headers = { [SECRET_HEADER]: SECRET, 'content-type': 'application/fhir+json' };
  const response = await fetch(`${url}/hooks/fhir/ehr/Patient/ana`, {
    method: 'PUT',
    headers,
    body: JSON.stringify(canary('ana', ANA)),
  });
  if (!response.ok) expect(await response.json()).toMatchObject({ resourceType: 'OperationOutcome' });
  return response.status;
}
