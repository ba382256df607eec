import { sql as raw } from 'kysely';
import type { Database } from '../../sync/store/database.ts';

/** Ends what was begun. */
export type End = () => Promise<unknown>;

/** Every row that is written fails with this SQLSTATE, so many times or until the end. */
export async function failing(database: Database, code: string, times = 1_000_000): Promise<End> {
  const { sql } = database;
  await raw`create sequence trouble`.execute(sql);
  // What a sequence has given is not taken back with the transaction.
  await raw`
    create function trouble() returns trigger language plpgsql as $$
    begin
      if nextval('trouble') > tg_argv[0]::bigint then return new; end if;
      if tg_argv[1] = '57P01' then perform pg_terminate_backend(pg_backend_pid()); end if;
      raise exception using errcode = tg_argv[1], message = 'made for a test';
    end $$
  `.execute(sql);
  await raw`
    do $$
    declare one text;
    begin
      for one in select tablename from pg_tables where schemaname = 'public' loop
        execute format(
          'create trigger trouble before insert or update on %I for each row execute function trouble(%L, %L)',
          one, ${raw.lit(times)}, ${raw.lit(code)}
        );
      end loop;
    end $$
  `.execute(sql);
  return () => works(database);
}

async function works({ sql }: Database): Promise<void> {
  await raw`drop function if exists trouble cascade`.execute(sql);
  await raw`drop sequence if exists trouble`.execute(sql);
}

/** Those of who calls itself ours. */
export async function ending({ sql }: Database): Promise<End> {
  await raw`
    select pg_terminate_backend(pid, 5000) from pg_stat_activity
    where datname = current_database() and application_name = 'ours'
  `.execute(sql);
  return async () => undefined;
}

/** As after a failover to another server: for sessions to come, but one that says otherwise at its start is not bound. */
export async function standby(database: Database): Promise<End> {
  const set = async (value: string) => {
    const { rows } = await raw<{ name: string }>`select current_database() as name`.execute(database.sql);
    const name = raw.id(rows[0]?.name ?? '');
    await raw`alter database ${name} set default_transaction_read_only = ${raw.lit(value)}`.execute(database.sql);
  };
  await set('on');
  await ending(database);
  return () => set('off');
}

/** Everything but what the phones got, which is not ours, until the end. */
export async function locked({ atLeisure }: Database): Promise<End> {
  const taken = Promise.withResolvers<void>();
  const over = Promise.withResolvers<void>();
  const holding = atLeisure.transaction().execute(async trx => {
    await raw`
      do $$
      declare one text;
      begin
        for one in select tablename from pg_tables where schemaname = 'public' and tablename <> 'phone_message'
        loop execute format('lock table %I', one); end loop;
      end $$
    `.execute(trx);
    taken.resolve();
    await over.promise;
  });
  await taken.promise;
  return () => {
    over.resolve();
    return holding;
  };
}

/** Of who calls itself ours, and waits for something other than the database; undefined if nobody does. */
export async function openTransactions({ sql }: Database): Promise<number | undefined> {
  const { rows } = await raw<{ state: string }>`
    select state from pg_stat_activity where datname = current_database() and application_name = 'ours'
  `.execute(sql);
  return rows.length > 0 ? rows.filter(({ state }) => state.startsWith('idle in transaction')).length : undefined;
}
