import type { Database } from '../../sync/store/database.ts';
import { backlogSize } from '../../sync/store/publication.ts';
import type { Sight } from './child-orders.ts';

/** Reads the database of a service that is dead. */
export async function look({ sql }: Database): Promise<Sight> {
  const patients = await sql
    .selectFrom('patient')
    .select('reference')
    .whereRef('generation', '<>', 'planned_generation')
    .execute();
  const sending = await sql.selectFrom('message').select('key').where('state', '=', 'sending').execute();
  const backlog = await backlogSize(sql);
  const inbound = await sql.selectFrom('inbound').select(['provider_id', 'handled_at']).execute();
  const hints = await sql.selectFrom('notification').select(['type', 'resource_id']).execute();
  const resources = await sql.selectFrom('resource').select(['type', 'id', 'version_id']).execute();
  const reports = await sql.selectFrom('delivery_report').select(['provider_id', 'state']).execute();
  return {
    unplanned: patients.length,
    sending: sending.length,
    unpublished: backlog.message + backlog.task + backlog.inbound,
    unread: inbound.filter(row => row.handled_at === null).length,
    hints: hints.map(row => `${row.type}/${row.resource_id}`),
    versions: Object.fromEntries(resources.map(row => [`${row.type}/${row.id}`, Number(row.version_id)])),
    inbound: inbound.map(row => row.provider_id),
    reports: reports.map(row => `${row.provider_id} ${row.state}`),
  };
}
