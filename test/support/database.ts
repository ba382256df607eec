import { createHash, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { sql } from 'kysely';
import pg from 'pg';
import { type Database, openPglite, openPostgres } from '../../sync/store/database.ts';
import { beginJournal } from '../../sync/store/journal.ts';
import { migrate } from '../../sync/store/migrate.ts';
import { ofPractice } from '../../sync/store/of-practice.ts';

/** e.g. `postgres://postgres@127.0.0.1:5432/postgres`: then tests run on a real server instead of inside the process. */
export const POSTGRES = process.env.LOOPKEEPER_TEST_POSTGRES;

/** An empty database with the schema of today, of its own and gone when closed. */
export const openTestDatabase = (): Promise<Database> => (POSTGRES ? migratedPostgres(POSTGRES) : migratedPglite());

const CACHE = 'node_modules/.cache/loopkeeper';
export const MIGRATIONS = 'sync/store/migrations';

/** From nothing PGlite takes seconds, from a kept data directory well under one; it is kept per set of migrations. */
export async function migratedPglite(): Promise<Database> {
  const file = join(CACHE, `${await fingerprint()}.tar`);
  if (!existsSync(file)) await keepTemplate(file);
  return openPglite({ dump: new Blob([new Uint8Array(await readFile(file))]) });
}

async function keepTemplate(file: string): Promise<void> {
  await mkdir(CACHE, { recursive: true });
  const folder = join(CACHE, `building-${randomUUID()}`);
  const fresh = await openPglite({ folder });
  await migrate(fresh);
  await fresh.close();
  const pglite = await PGlite.create({ dataDir: folder });
  const dump = await pglite.dumpDataDir('none');
  await pglite.close();
  const unfinished = `${file}.${randomUUID()}`;
  await writeFile(unfinished, Buffer.from(await dump.arrayBuffer()));
  await rename(unfinished, file);
}

async function fingerprint(): Promise<string> {
  const hash = createHash('sha256').update(await readFile('node_modules/@electric-sql/pglite/package.json'));
  for (const name of (await readdir(MIGRATIONS)).sort())
    hash.update(name).update(await readFile(join(MIGRATIONS, name)));
  return hash.digest('hex').slice(0, 16);
}

/** The same database as another practice's service sees it. */
export const beside = (database: Database, practice: string): Database => ({
  ...database,
  practice,
  sql: database.sql.withoutPlugins().withPlugin(ofPractice(practice)),
});

/** A database of its own on the server, without the schema when `empty`. */
export async function postgresDatabase(server: string): Promise<Database> {
  const name = `loopkeeper_${randomUUID().replaceAll('-', '')}`;
  await onServer(server, `create database ${name}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  const database = await openPostgres(url.href);
  return {
    ...database,
    async close() {
      await database.close();
      await onServer(server, `drop database ${name} with (force)`);
    },
  };
}

export async function migratedPostgres(server: string): Promise<Database> {
  const database = await postgresDatabase(server);
  await migrate(database);
  return database;
}

async function onServer(server: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: server });
  await client.connect();
  await client.query(statement);
  await client.end();
}

/**
 * Everything but the schema and the policy in force is forgotten: quicker than another database, and `delete` is far
 * quicker here than `truncate`. As a replica the session minds no trigger, or the journal would refuse.
 */
export async function forget({ sql: db, practice }: Database): Promise<void> {
  await sql`
    do $$
    declare one text;
    begin
      set local session_replication_role = replica;
      for one in select tablename from pg_tables where schemaname = 'public' and tablename not in ('migration', 'policy')
      loop execute format('delete from %I where practice = %L', one, ${sql.lit(practice)}); end loop;
    end $$
  `.execute(db);
  await beginJournal(db);
}
