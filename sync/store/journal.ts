import { createHash } from 'node:crypto';
import type { Instant } from '../domain/clock.ts';
import type { Reason } from '../domain/reasons.ts';
import type { Sql } from './database.ts';

/** One act and its why. `detail` carries references, reasons and counts: never names, numbers or words (law 13). */
export interface Entry {
  at: Instant;
  who: string;
  what: string;
  patient?: string;
  key?: string;
  reason?: Reason;
  detail?: Record<string, unknown>;
}

/** Each practice has a journal of its own, and with it a line of its own to stand in. Safe to repeat. */
export const beginJournal = (sql: Sql) =>
  sql
    .insertInto('journal_head')
    .values({ seq: 0, hash: '' })
    .onConflict(c => c.doNothing())
    .execute();

/**
 * Appends in the caller's transaction, after everything else in it: the head row is locked until commit, so the
 * chain has one order and the lock is held for the shortest time.
 */
export async function record(sql: Sql, entries: Entry[]): Promise<void> {
  if (entries.length === 0) return;
  const head = await sql.selectFrom('journal_head').select(['seq', 'hash']).forUpdate().executeTakeFirstOrThrow();
  let { seq, hash } = head;
  const rows = entries.map(entry => {
    seq += 1;
    hash = seal(hash, seq, entry);
    const { patient = null, key = null, reason = null, detail = {}, ...rest } = entry;
    return { ...rest, seq, patient, key, reason, detail: JSON.stringify(detail), hash };
  });
  await sql
    .with('head', db => db.updateTable('journal_head').set({ seq, hash }))
    .insertInto('journal')
    .values(rows)
    .execute();
}

const seal = (previous: string, seq: number, entry: Entry): string =>
  createHash('sha256')
    .update(previous)
    .update(canonical({ seq, ...entry, detail: entry.detail ?? {} }))
    .digest('hex');

/** Keys in order: what the database gives back must seal to the same hash. */
const canonical = (value: unknown): string =>
  JSON.stringify(value, (_, inner: unknown) =>
    inner && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(
          Object.entries(inner)
            .filter(([, v]) => v !== undefined)
            .sort(([a], [b]) => (a < b ? -1 : 1)),
        )
      : inner,
  );

/** The first entry whose seal does not hold, or undefined when the whole journal is as it was written. */
export async function firstBrokenSeal(sql: Sql): Promise<number | undefined> {
  let hash = '';
  let seq = 0;
  for (;;) {
    const rows = await sql
      .selectFrom('journal')
      .selectAll()
      .where('seq', '>', seq)
      .orderBy('seq')
      .limit(1000)
      .execute();
    if (rows.length === 0) return (await endsAt(sql, seq, hash)) ? undefined : seq + 1;
    for (const row of rows) {
      const { seq: number, hash: sealed, patient, key, reason, ...rest } = row;
      const entry: Entry = {
        ...rest,
        patient: patient ?? undefined,
        key: key ?? undefined,
        reason: reason ?? undefined,
      };
      hash = seal(hash, number, entry);
      if (hash !== sealed || number !== seq + 1) return number;
      seq = number;
    }
  }
}

/** A row that was cut off the end breaks no seal; only the head remembers it. */
async function endsAt(sql: Sql, seq: number, hash: string): Promise<boolean> {
  const head = await sql.selectFrom('journal_head').select(['seq', 'hash']).executeTakeFirst();
  return head?.hash === hash && head.seq === seq;
}

export const journalOf = (sql: Sql, patient: string) =>
  sql.selectFrom('journal').selectAll().where('patient', '=', patient).orderBy('seq').execute();
