import type { PostgresPool, PostgresPoolClient } from 'kysely';
import pg from 'pg';

const CONNECTIONS = 10;

/** Instants leave the database in our one form (`domain/clock.ts`); counters as numbers. */
export const readInstant = (text: string) => new Date(text).toISOString();

const types = new pg.TypeOverrides();
types.setTypeParser(pg.types.builtins.TIMESTAMPTZ, readInstant);
types.setTypeParser(pg.types.builtins.INT8, Number);

/** So that a database that is ill, or gone without a word, fails us in time to say so; in milliseconds. */
const PATIENCE = {
  connectionTimeoutMillis: 10_000,
  statement_timeout: 60_000,
  /** Where not even that is heard: the server's machine is gone, and the network tells nobody for a quarter of an hour. */
  query_timeout: 65_000,
  /** Far longer than we think between two statements: whoever sleeps in a transaction holds up everybody else's journal. */
  idle_in_transaction_session_timeout: 30_000,
} as const;

/** How the service and its queue reach a server. */
export const impatient = (connectionString: string) => ({ connectionString, keepAlive: true, ...PATIENCE });

export function openPool(settings: pg.PoolConfig): PostgresPool {
  const pool = new pg.Pool({ max: CONNECTIONS, types, ...settings });
  // A broken connection must not end the process, be it idle or between two statements: the next query fails or gets a
  // new one.
  pool.on('error', () => undefined);
  const old = new WeakSet<pg.PoolClient>();
  const open = new Set<pg.PoolClient>();
  pool.on('connect', client => {
    client.on('error', () => undefined);
    open.add(client);
  });
  pool.on('remove', client => void open.delete(client));
  // The others lead to the same server.
  const distrustAll = () => {
    for (const client of open) old.add(client);
  };
  return {
    options: pool.options,
    async connect() {
      for (;;) {
        const client = await pool.connect();
        if (!old.has(client)) return watched(client, distrustAll);
        client.release(true);
      }
    },
    end: () => pool.end(),
  };
}

/** After these the same connection would only fail again, and a new one may reach a server that works. */
const USELESS = [
  /** read_only_sql_transaction: what was the primary is now a standby. */
  '25006',
  /** admin_shutdown, crash_shutdown, cannot_connect_now. */
  '57P01',
  '57P02',
  '57P03',
];

/** Says so when it has shown itself useless, and then does not go back among the others. */
function watched(client: pg.PoolClient, isUseless: () => void): PostgresPoolClient {
  let useless = false;
  const seen: pg.PoolClient = Object.create(client);
  return Object.assign(seen, {
    async query(text: string, values: unknown[]) {
      try {
        return await client.query(text, values);
      } catch (error) {
        const { code } = error as { code?: string };
        // Without a code it did not come from the server: nobody answered, or not in time.
        if (code === undefined || USELESS.includes(code)) {
          useless = true;
          isUseless();
        }
        throw error;
      }
    },
    release: (discard?: boolean) => client.release(discard || useless),
  });
}
