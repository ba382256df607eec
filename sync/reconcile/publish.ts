import { communicationOf, communicationRequestOf, heardCommunicationOf } from '../domain/chart/communication.ts';
import { taskOf } from '../domain/chart/task.ts';
import { EhrError } from '../fhir/outcome.ts';
import { messagesByKey } from '../store/find-messages.ts';
import { heardById } from '../store/inbound.ts';
import { type Backlog, type PublishedTable, published, publishLater, unpublished } from '../store/publication.ts';
import { tasksByKey } from '../store/task.ts';
import { type Ours, putIntoChart } from './put-into-chart.ts';
import type { Service } from './service.ts';
import { writeReplies } from './write-replies.ts';

const BATCH = 50;
/** Of one sweep and table. */
const BATCHES = 10;

/**
 * Brings the chart up to date with our rows (law 12). Returns how many rows were written. A backlog is worked off in one
 * go, but not without an end: what else the sweep does must not wait for a whole first import.
 */
export async function publishAll(service: Service): Promise<number> {
  let written = await writeReplies(service);
  for (const table of ['message', 'task', 'inbound'] as const) {
    for (let batch = 0; batch < BATCHES; batch += 1) {
      const rows = await unpublished(service.database.sql, table, service.clock(), BATCH);
      for (const row of rows) written += (await publishRow(service, table, row)) ? 1 : 0;
      if (rows.length < BATCH) break;
    }
  }
  return written;
}

/** One row. When the EHR cannot take it now it stays in the backlog, which `status` and the metrics show. */
async function publishRow(service: Service, table: PublishedTable, row: Backlog): Promise<boolean> {
  const { database, clock, log } = service;
  try {
    const references = await WRITERS[table](service, row.id);
    await published(database.sql, table, row, references);
    return true;
  } catch (error) {
    if (!(error instanceof EhrError)) throw error;
    log.warn('The EHR did not take a record; it stays in the backlog.', { table, code: error.code });
    await publishLater(database.sql, table, row, clock());
    return false;
  }
}

interface Written {
  ehrReference?: string;
  ehrRequest?: string;
}

const WRITERS: Record<PublishedTable, (service: Service, id: string) => Promise<Written>> = {
  async message(service, key) {
    const [message] = await messagesByKey(service.database.sql, [key]);
    if (!message) return {};
    const request = communicationRequestOf(message);
    // An answer was never planned, so there is no request to show.
    const ehrRequest = message.purpose === 'answer' ? undefined : await write(service, request);
    const said = communicationOf(message);
    return { ehrRequest, ehrReference: said && (await write(service, said)) };
  },
  async task(service, key) {
    const [task] = await tasksByKey(service.database.sql, [key]);
    const owner = task && (await service.policy()).clinic.owners[task.owner];
    return { ehrReference: task && (await write(service, taskOf(task, owner?.en))) };
  },
  async inbound(service, id) {
    const heard = await heardById(service.database.sql, id);
    return { ehrReference: heard && (await write(service, heardCommunicationOf(heard))) };
  },
};

/** Only where this EHR takes such resources; elsewhere our own tables are where staff look. */
function write(service: Service, resource: Ours): Promise<string | undefined> {
  const takes: readonly string[] = service.connection.profile.writes.create;
  return takes.includes(resource.resourceType)
    ? putIntoChart(service.connection, resource)
    : Promise.resolve(undefined);
}
