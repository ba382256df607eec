import { mkdir } from 'node:fs/promises';
import { PGlite } from '@electric-sql/pglite';
import { Kysely, PGliteDialect, PostgresDialect, type Transaction } from 'kysely';
import pg from 'pg';
import { fromPglite, type Db as QueueDb } from 'pg-boss';
import { ofPractice } from './of-practice.ts';
import type { Tables } from './tables.ts';

/** A transaction or the database: statements do not care. */
export type Sql = Kysely<Tables> | Transaction<Tables>;

export interface Database {
  sql: Kysely<Tables>;
  /** How the job queue reaches the same database. */
  queue: { db: QueueDb } | { connectionString: string };
  kind: 'pglite' | 'postgresql';
  /** Whose rows are read and written; others may lie beside them. */
  practice: string;
  close(): Promise<void>;
}

const CONNECTIONS = 10;
const TIMESTAMPTZ = 1184;
const INT8 = 20;

/** Instants leave the database in our one form (`domain/clock.ts`); counters as numbers. */
const readInstant = (text: string) => new Date(text).toISOString();

/** Where nobody says which, there is one; `0004-practice.sql` gave it what was there before. */
const PRACTICE = 'practice';

interface Embedded {
  /** Without one it lives in memory. */
  folder?: string;
  /** The data directory to begin with, as PGlite's `dumpDataDir` gave it: far quicker than to begin from nothing. */
  dump?: Blob;
  practice?: string;
}

/** PostgreSQL inside this process: one connection, real SQL. */
export async function openPglite({ folder, dump, practice = PRACTICE }: Embedded = {}): Promise<Database> {
  if (folder) await mkdir(folder, { recursive: true });
  const pglite = await PGlite.create({
    ...(folder ? { dataDir: folder } : {}),
    ...(dump ? { loadDataDir: dump } : {}),
    parsers: { [TIMESTAMPTZ]: readInstant, [INT8]: Number },
  });
  const sql = new Kysely<Tables>({ dialect: new PGliteDialect({ pglite }), plugins: [ofPractice(practice)] });
  return { sql, queue: { db: fromPglite(pglite) }, kind: 'pglite', practice, close: () => pglite.close() };
}

/** Far longer than we think between two statements: whoever sleeps in a transaction holds up everybody else's journal. */
const ASLEEP_MS = 30_000;

export async function openPostgres(connectionString: string, practice = PRACTICE): Promise<Database> {
  const types = new pg.TypeOverrides();
  types.setTypeParser(TIMESTAMPTZ, readInstant);
  types.setTypeParser(INT8, Number);
  const pool = new pg.Pool({
    connectionString,
    max: CONNECTIONS,
    types,
    idle_in_transaction_session_timeout: ASLEEP_MS,
  });
  // A broken connection must not end the process, be it idle or between two statements: the next query fails or gets a
  // new one.
  pool.on('error', () => undefined);
  pool.on('connect', client => void client.on('error', () => undefined));
  const sql = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }), plugins: [ofPractice(practice)] });
  return { sql, queue: { connectionString }, kind: 'postgresql', practice, close: () => sql.destroy() };
}
