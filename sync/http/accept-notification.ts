import type { Heard } from '../fhir/notification/notification.ts';
import type { Service } from '../reconcile/service.ts';
import { addHints } from '../store/notification.ts';

/** What was heard becomes hints, in one insert; then the worker is asked to look. Resolves once they are durable. */
export async function acceptNotification(
  service: Service,
  { connection, heard }: { connection: string; heard: Heard },
): Promise<void> {
  const { database, clock } = service;
  if (heard.kind === 'handshake' || (heard.kind === 'heartbeat' && heard.eventNumber === undefined)) return;
  const named = heard.kind === 'changed' ? heard.refs.map(({ type, id }) => ({ connection, type, id })) : [];
  // A focus we cannot read by id, and a bare "something changed", both mean: look for yourself.
  const unnamed = heard.kind === 'catch-up' || (heard.kind === 'changed' && heard.identified.length > 0);
  await addHints(database.sql, unnamed ? [...named, { connection }] : named, clock());
  await service.ask('observe', connection);
}
