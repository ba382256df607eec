import { sql as raw } from 'kysely';
import { beforeEach, expect, it } from 'vitest';
import { type Entry, firstBrokenSeal, journalOf, record } from '../../sync/store/journal.ts';
import { forget } from '../support/database.ts';
import { onEveryEngine } from '../support/engines.ts';

const AT = '2026-11-23T16:00:00.000Z';
const entry = (what: string, more: Partial<Entry> = {}): Entry => ({
  at: AT,
  who: 'loopkeeper',
  what,
  patient: 'Patient/ana',
  ...more,
});

onEveryEngine(engine => {
  beforeEach(() => forget(engine.database));

  const write = (...entries: Entry[]) => engine.database.sql.transaction().execute(sql => record(sql, entries));

  it('seals each entry with the one before, over the limit of one read', async () => {
    await write(entry('create', { key: 'k', reason: 'too-late', detail: { b: 1, a: { d: [2], c: undefined } } }));
    await write(...Array.from({ length: 1200 }, (_, i) => entry('revise', { detail: { i } })));
    expect(await firstBrokenSeal(engine.sql)).toBeUndefined();
    expect(await journalOf(engine.sql, 'Patient/ana')).toHaveLength(1201);
  });

  it('has one order, however many write at once', async () => {
    await Promise.all(Array.from({ length: 8 }, (_, i) => write(entry('a', { detail: { i } }), entry('b'))));
    const rows = await journalOf(engine.sql, 'Patient/ana');
    expect(rows.map(row => row.seq)).toEqual(Array.from({ length: 16 }, (_, i) => i + 1));
    expect(await firstBrokenSeal(engine.sql)).toBeUndefined();
  });

  it('keeps nothing of a transaction that failed', async () => {
    const failed = engine.sql.transaction().execute(async sql => {
      await record(sql, [entry('create')]);
      throw new Error('It fails afterwards.');
    });
    await expect(failed).rejects.toThrow('afterwards');
    await write(entry('create'));
    expect((await journalOf(engine.sql, 'Patient/ana')).map(row => row.seq)).toEqual([1]);
  });

  it.each([
    ['changed', raw`update journal set who = 'nobody'`],
    ['deleted', raw`delete from journal`],
    ['emptied', raw`truncate journal`],
  ])('cannot be %s', async (_, statement) => {
    await write(entry('create'));
    await expect(statement.execute(engine.sql)).rejects.toThrow('append-only');
  });

  it.each([
    ['a word', raw`update journal set what = 'keep' where seq = 2`, 2],
    ['a reason', raw`update journal set reason = 'too-late' where seq = 3`, 3],
    ['a detail', raw`update journal set detail = '{"i": 7}' where seq = 1`, 1],
    ['a missing entry', raw`delete from journal where seq = 2`, 3],
    ['the time', raw`update journal set at = at + interval '1 ms' where seq = 2`, 2],
  ])('shows that somebody with the keys to the database tampered with it: %s', async (_, statement, broken) => {
    await write(entry('create'), entry('revise'), entry('withdraw', { reason: 'rule-off' }));
    await raw`alter table journal disable trigger journal_append_only`.execute(engine.sql);
    await statement.execute(engine.sql);
    await raw`alter table journal enable trigger journal_append_only`.execute(engine.sql);
    expect(await firstBrokenSeal(engine.sql)).toBe(broken);
  });

  it('shows that its end was cut off', async () => {
    await write(entry('create'), entry('revise'));
    await raw`alter table journal disable trigger journal_append_only`.execute(engine.sql);
    await raw`delete from journal where seq = 2`.execute(engine.sql);
    await raw`alter table journal enable trigger journal_append_only`.execute(engine.sql);
    expect(await firstBrokenSeal(engine.sql)).toBe(2);
  });
});
