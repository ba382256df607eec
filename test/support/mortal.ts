import type { Database } from '../../sync/store/database.ts';

export class Death extends Error {}

/** A process that can end between any two awaits. Once dead it does nothing more: whatever it tries fails. */
export interface Mortal {
  /** Dies when so many more awaits have been passed; an earlier end stands. */
  dieAfter(awaits: number): void;
  /** Dies just before or after the next text is handed over. */
  dieSending(when: 'before' | 'after'): void;
  isDead(): boolean;
  revive(): void;
  /** One await: throws when the end has come. */
  pass(sending?: 'before' | 'after'): void;
  database(real: Database): Database;
  fetch: typeof fetch;
}

export function mortal(): Mortal {
  let left = Number.POSITIVE_INFINITY;
  let fatal: string | undefined;
  const pass = (sending?: 'before' | 'after') => {
    left = sending !== undefined && sending === fatal ? 0 : left - 1;
    if (left <= 0) throw new Death('The service died here.');
  };
  return {
    dieAfter(awaits) {
      left = Math.min(left, awaits);
    },
    dieSending(when) {
      fatal = when;
    },
    isDead: () => left <= 0,
    revive() {
      fatal = undefined;
      left = Number.POSITIVE_INFINITY;
    },
    pass,
    // Before each statement and after it. Dying after the last one of a transaction is dying before its commit.
    database: real => ({
      ...real,
      sql: real.sql.withPlugin({
        transformQuery({ node }) {
          pass();
          return node;
        },
        async transformResult({ result }) {
          pass();
          return result;
        },
      }),
    }),
    async fetch(...request) {
      pass();
      const response = await fetch(...request);
      pass();
      return response;
    },
  };
}
