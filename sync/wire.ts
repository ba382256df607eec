import { randomUUID } from 'node:crypto';
import { isAllowed } from './channels/allow-list.ts';
import { startChannels } from './channels/start.ts';
import type { Config } from './config.ts';
import { EhrError } from './fhir/outcome.ts';
import type { Connection } from './reconcile/connection.ts';
import { receiveReport } from './reconcile/outcome.ts';
import { policyInForce } from './reconcile/policy-in-force.ts';
import type { Service } from './reconcile/service.ts';
import type { Database } from './store/database.ts';
import { phoneStore } from './store/phone-message.ts';
import type { Surroundings } from './surroundings.ts';

/** The whole service but its doors and its clockwork. `ask` does nothing until the queue runs: then it asks the queue. */
export function wire(
  config: Config,
  database: Database,
  connection: Connection,
  around: Surroundings,
  ask: Service['ask'] = async () => undefined,
): Service {
  const newId = around.newId ?? randomUUID;
  const policy = policyInForce(database);
  const service: Service = {
    database,
    clock: around.clock,
    newId,
    log: around.log,
    policy: policy.current,
    refreshPolicy: policy.refresh,
    connection,
    channels: {},
    isAllowed: address =>
      isAllowed(address, { production: config.production, allow: config.environment.LOOPKEEPER_ALLOW }),
    unsubscribeUrl: id => `${config.publicUrl}/unsubscribe/${id}`,
    ask,
  };
  service.channels = startChannels(config.channels, {
    fetch: around.fetch ?? fetch,
    clock: around.clock,
    phone: { store: phoneStore(database.sql), newId, report: report => receiveReport(service, report) },
  });
  // Nothing leaves the machine by the phone page, so nobody needs to be on a list for it.
  if (Object.values(service.channels).every(channel => channel.name.startsWith('phone-')))
    service.isAllowed = () => true;
  return service;
}

/** A sentence without anything secret, for people at a terminal. */
export const explainFailure = (error: unknown): string =>
  error instanceof EhrError || error instanceof Error ? error.message : 'It failed for an unknown reason.';
