import express, { type Express } from 'express';
import { sql as raw } from 'kysely';
import { openApp } from '../../sync/http/app.ts';
import type { Service } from '../../sync/reconcile/service.ts';
import { NOW } from './samples.ts';
import { SECRET } from './service.ts';

/** The service's own doors, and beside them `/bare`, against which they are measured. */
export const benchDoors = async (service: Service): Promise<Express> =>
  openApp(service, { hook: () => hookOf(service), rooms: [{ path: '/bare', router: await bareRoom(service) }] });

const hookOf = ({ connection: { baseUrl, profile } }: Service) => ({
  baseUrl,
  profile,
  secrets: { header: [SECRET] },
});

/** Reads the body, as anything must that answers it, and keeps one row. */
async function bareRoom({ database }: Service): Promise<express.Router> {
  await raw`create table bare (like notification including all)`.execute(database.sql);
  const router = express.Router();
  router.use(express.raw({ type: () => true }), async (request, response) => {
    const id = request.path.split('/').at(-1);
    await raw`insert into bare (practice, connection, type, resource_id, received_at) values ('bare', 'ehr', 'Appointment', ${id}, ${NOW})`.execute(
      database.sql,
    );
    response.status(200).end();
  });
  return router;
}
