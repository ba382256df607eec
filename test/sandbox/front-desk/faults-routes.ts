import express, { type Router } from 'express';
import { faultsSchema } from '../faults.ts';
import { Refused } from './chart.ts';
import { orAgain, queryOf, seeOther, typedOf } from './desk-request.ts';
import { faultsPage } from './faults-page.ts';
import type { Typed } from './fields.ts';
import { type Desk, page } from './page.ts';

export function faultRoutes(desk: Desk): Router {
  const { ehr } = desk;
  const router = express.Router();
  const show = (typed: Typed | undefined, notes: { problem?: string; done?: string | undefined }): Promise<string> =>
    page(desk, {
      title: 'Faults',
      section: 'faults',
      here: '/desk/faults',
      body: faultsPage(ehr.faults, typed),
      ...notes,
    });

  router.get('/faults', async (req, res) => void res.send(await show(undefined, { done: queryOf(req, 'done') })));
  router.post('/faults', async (req, res) => {
    const typed = typedOf(req);
    const change = async (): Promise<void> => {
      Object.assign(ehr.faults, typed.reset === 'yes' ? faultsSchema.parse({}) : readFaults(typed));
      ehr.tick();
      seeOther(res, '/desk/faults', 'faults');
    };
    await orAgain(
      change,
      async ({ status, message }) => void res.status(status).send(await show(typed, { problem: message })),
    );
  });
  return router;
}

/** A box that is not ticked is not sent: it is off. */
function readFaults(typed: Typed): ReturnType<typeof faultsSchema.parse> {
  const said = Object.entries(typed).map(([name, value]) => [
    name,
    value === 'yes' ? true : Number(value || Number.NaN),
  ]);
  const wanted = faultsSchema.safeParse(Object.fromEntries(said));
  if (wanted.success) return wanted.data;
  throw new Refused(422, 'Counts and milliseconds must be whole numbers, zero or more.');
}
