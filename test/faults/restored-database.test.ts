import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Appointment } from '@medplum/fhirtypes';
import { afterEach, expect, it } from 'vitest';
import { pause } from '../../sync/cli/operate.ts';
import type { Database } from '../../sync/store/database.ts';
import { firstBrokenSeal } from '../../sync/store/journal.ts';
import { addressOf } from '../bench/engine.ts';
import { listener } from '../cli/hears.ts';
import { ANA, BEN, visitOf } from '../support/chart.ts';
import { migratedPostgres, POSTGRES, postgresDatabase } from '../support/database.ts';
import { openWhole, type Whole } from '../support/whole.ts';
import { canary, words } from './leaks.ts';

/* The way back from a backup of ours, as docs/operations.md tells it. A backup of the EHR's: test/reconcile/went-back.test.ts. */

const run = promisify(execFile);
const server = POSTGRES;
const hasTools = await run('pg_dump', ['--version']).then(
  () => true,
  () => false,
);
if (!server || !hasTools)
  process.stderr.write('NOT RUN: a restored backup needs PostgreSQL (LOOPKEEPER_TEST_POSTGRES) and pg_dump.\n');

const FRIDAY = '2026-11-27T17:00:00.000Z';
const NEXT_MONDAY = '2026-11-30T17:00:00.000Z';
const TUESDAY = '2026-12-01T17:00:00.000Z';
const MOVED = /Fri, Nov 27.* is now Mon, Nov 30/;

const opened: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of opened.splice(0).reverse()) await one.close();
});
const kept = <T extends { close(): Promise<void> }>(one: T): T => {
  opened.push(one);
  return one;
};

async function move({ ehr }: Whole, id: string): Promise<void> {
  const visit = (await ehr.store.read('Appointment', id)) as Appointment;
  await ehr.store.update({ ...visit, start: NEXT_MONDAY, end: '2026-11-30T17:30:00.000Z' });
}

it.runIf(server && hasTools)(
  'an older backup is put back while sending is paused: nobody is told anything twice, and what comes later goes on',
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'loopkeeper-backup-'));
    kept({ close: async () => rmSync(folder, { recursive: true }) });
    const file = join(folder, 'backup');
    const before = kept(await migratedPostgres(server ?? ''));
    let inUse: Database = before;
    const whole = kept(
      await openWhole({
        database: before,
        through: () => inUse,
        async before({ store }) {
          await store.create(canary('ana', ANA));
          await store.create(canary('ben', BEN));
          for (const id of ['ana', 'ben']) await store.create(visitOf(`of-${id}`, [id], FRIDAY));
        },
      }),
    );
    await move(whole, 'of-ana');
    await whole.advance('PT1H');
    await run('pg_dump', ['--format=custom', `--file=${file}`, addressOf(before)]);
    await move(whole, 'of-ben');
    await whole.advance('PT1H');
    expect(await words(whole)).toHaveLength(2);

    const restored = kept(await postgresDatabase(server ?? ''));
    await run('pg_restore', ['--no-owner', `--dbname=${addressOf(restored)}`, file]);
    await pause(restored, true, listener());
    inUse = restored;
    whole.restart();
    await whole.poll();
    await whole.advance('PT1H');
    // It does not know what it said to Ben; the chart does.
    const notices = restored.sql.selectFrom('message').select(['patient', 'state']).where('rule', '=', 'change-notice');
    expect(await notices.execute()).toEqual([{ patient: 'Patient/ana', state: 'delivered' }]);
    await pause(restored, false, listener());
    await whole.advance('P4D');
    // What is new since then is told, though the one notice that is known of it stands in the chart under the same key.
    const visit = (await whole.ehr.store.read('Appointment', 'of-ben')) as Appointment;
    await whole.ehr.store.update({ ...visit, start: TUESDAY, end: '2026-12-01T17:30:00.000Z' });
    await whole.advance('PT1H');
    expect((await words(whole, BEN)).at(-1)).toMatch(/now Tue, Dec 1/);

    for (const [address, one] of [
      [ANA, 'ana'],
      [BEN, 'ben'],
    ] as const) {
      const said = await words(whole, address);
      expect(
        said.filter(text => MOVED.test(text)),
        one,
      ).toHaveLength(1);
      expect(said.filter(text => /Reply C/.test(text)).length, `${one} is reminded`).toBeGreaterThan(0);
      expect(new Set(said).size, `${one} hears nothing twice`).toBe(said.length);
    }
    expect(await firstBrokenSeal(restored.sql)).toBeUndefined();
  },
  120_000,
);
