import type { Whole } from '../support/whole.ts';

const SENT = ['sent', 'delivered'];

/** What our rows claim and the phones do not show, or the other way round; and what was left hanging in the air. */
export async function unproven({ database, texts }: Pick<Whole, 'database' | 'texts'>): Promise<string[]> {
  const rows = await database.sql.selectFrom('message').select(['key', 'state', 'batch']).orderBy('key').execute();
  const arrived = await texts();
  const batches = new Set(rows.map(row => row.batch));
  const references = new Set(arrived.map(text => text.reference));
  return [
    ...rows.filter(row => row.state === 'sending').map(row => `${row.key}: is in flight for ever`),
    ...rows
      .filter(row => SENT.includes(row.state) && !references.has(row.batch ?? ''))
      .map(row => `${row.key}: is called ${row.state}, and never came`),
    ...arrived
      .filter(text => !batches.has(text.reference ?? ''))
      .map(text => `${text.reference}: came, and no message knows of it`),
  ];
}
