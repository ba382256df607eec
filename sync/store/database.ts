import { mkdir } from 'node:fs/promises';
import { PGlite } from '@electric-sql/pglite';
import { Kysely, PGliteDialect, PostgresDialect, type PostgresPool, type Transaction } from 'kysely';
import pg from 'pg';
import { fromPglite, type Db as QueueDb } from 'pg-boss';
import { ofPractice } from './of-practice.ts';
import { impatient, openPool, readInstant } from './pool.ts';
import type { Tables } from './tables.ts';

/** A transaction or the database: statements do not care. */
export type Sql = Kysely<Tables> | Transaction<Tables>;

export interface Database {
  sql: Kysely<Tables>;
  /** The same, and a statement may take as long as it likes: for changes of the schema, and of a whole table. */
  atLeisure: Kysely<Tables>;
  /** How the job queue reaches the same database. */
  queue: { db: QueueDb } | ReturnType<typeof impatient>;
  kind: 'pglite' | 'postgresql';
  /** Whose rows are read and written; others may lie beside them. */
  practice: string;
  close(): Promise<void>;
}

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
    parsers: { [pg.types.builtins.TIMESTAMPTZ]: readInstant, [pg.types.builtins.INT8]: Number },
  });
  const sql = new Kysely<Tables>({ dialect: new PGliteDialect({ pglite }), plugins: [ofPractice(practice)] });
  return {
    sql,
    atLeisure: sql,
    queue: { db: fromPglite(pglite) },
    kind: 'pglite',
    practice,
    close: () => pglite.close(),
  };
}

export async function openPostgres(connectionString: string, practice = PRACTICE): Promise<Database> {
  const settings = impatient(connectionString);
  const kysely = (pool: PostgresPool) =>
    new Kysely<Tables>({ dialect: new PostgresDialect({ pool }), plugins: [ofPractice(practice)] });
  const sql = kysely(openPool(settings));
  const atLeisure = kysely(openPool({ connectionString, max: 1 }));
  return {
    sql,
    atLeisure,
    queue: settings,
    kind: 'postgresql',
    practice,
    async close() {
      await Promise.all([sql.destroy(), atLeisure.destroy()]);
    },
  };
}
