import type { Selectable } from 'kysely';
import type { PhoneEntry, PhoneStore } from '../channels/phone/store.ts';
import type { Sql } from './database.ts';
import type { Tables } from './tables.ts';

/** The demonstration phone's memory, in the same database as everything else. */
export const phoneStore = (sql: Sql): PhoneStore => ({
  async add(entry) {
    const { writtenBy, from, to, subject, unsubscribeUrl, reference, ...same } = entry;
    const row = {
      ...same,
      written_by: writtenBy,
      from_address: from,
      to_address: to,
      subject: subject ?? null,
      unsubscribe_url: unsubscribeUrl ?? null,
      reference: reference ?? null,
    };
    await sql.insertInto('phone_message').values(row).execute();
  },
  async list({ address, limit }) {
    let query = sql.selectFrom('phone_message').selectAll();
    if (address !== undefined)
      query = query.where(eb => eb.or([eb('from_address', '=', address), eb('to_address', '=', address)]));
    const newest = await query.orderBy('at', 'desc').orderBy('id', 'desc').limit(limit).execute();
    return newest.reverse().map(toEntry);
  },
  async byReference(reference) {
    const query = sql.selectFrom('phone_message').selectAll().where('reference', '=', reference);
    return (await query.orderBy('at').execute()).map(toEntry);
  },
});

const toEntry = (row: Selectable<Tables['phone_message']>): PhoneEntry => ({
  id: row.id,
  medium: row.medium,
  writtenBy: row.written_by,
  from: row.from_address,
  to: row.to_address,
  subject: row.subject ?? undefined,
  body: row.body,
  unsubscribeUrl: row.unsubscribe_url ?? undefined,
  at: row.at,
  delivered: row.delivered,
  reference: row.reference ?? undefined,
});
