import { join } from 'node:path';
import express, { type ErrorRequestHandler, type Router } from 'express';
import { faultsSchema } from '../faults.ts';
import { Refused } from './chart.ts';
import { orAgain, ownPagesOnly, queryOf, seeOther, strictPages, typedOf } from './desk-request.ts';
import { readDirectory } from './directory.ts';
import { faultsPage } from './faults-page.ts';
import type { Typed } from './fields.ts';
import { html } from './html.ts';
import { isDate, localTime } from './local-time.ts';
import { type Demo, type Desk, type DeskEhr, page } from './page.ts';
import { Passing } from './passing.ts';
import { patientRoutes } from './patient-routes.ts';
import { readDay } from './schedule.ts';
import { schedulePage } from './schedule-page.ts';
import { taskRoutes } from './task-routes.ts';
import { visitRoutes } from './visit-routes.ts';

/** The clock may be pushed by what the buttons say and by nothing else. */
const PUSHES = new Set(['15', '60', '1440']);
const OWN_PATH = /^\/desk(?:[/?][\w\-./?=&]*)?$/;

/**
 * The sandbox EHR's own screen, for the person who plays the practice: every button writes to the EHR as any desk does,
 * so versions, history and notifications follow. Mount it at /desk; all its addresses begin so.
 */
export function frontDesk(ehr: DeskEhr, demo: Demo): Router {
  const desk: Desk = { ehr, demo, passing: new Passing(demo) };
  const router = express.Router();
  router.use(strictPages, ownPagesOnly, express.urlencoded({ extended: false, limit: '50kb' }));
  for (const file of ['desk.css', 'desk.js'])
    router.get(`/${file}`, (_req, res) => res.sendFile(join(import.meta.dirname, file)));

  router.get('/', async (req, res) => {
    const directory = await readDirectory(ehr.store);
    const now = demo.clock.now();
    const today = localTime(now, directory.sites[0]?.zone ?? 'UTC').date;
    const asked = queryOf(req, 'day');
    const site = queryOf(req, 'site');
    const siteId = directory.sites.some(({ id }) => id === site) ? site : undefined;
    const date = asked && isDate(asked) ? asked : today;
    const problem = asked && !isDate(asked) ? 'That is not a day of the calendar; here is today.' : undefined;
    const day = await readDay(ehr.store, directory, date);
    const here = date === today ? '/desk' : `/desk?day=${date}`;
    const body = schedulePage({ day, today, now, siteId });
    res.send(
      await page(desk, {
        title: `Schedule of ${date}`,
        section: 'schedule',
        here,
        done: queryOf(req, 'done'),
        problem,
        body,
      }),
    );
  });

  router.use(visitRoutes(desk), patientRoutes(desk), taskRoutes(desk), faultRoutes(desk));

  router.get('/clock', (_req, res) => {
    const now = localTime(demo.clock.now(), 'America/Chicago');
    res.json({ passing: desk.passing.until !== undefined, now: `${now.shortDay}, ${now.clock}` });
  });

  router.post('/clock', async (req, res) => {
    const { minutes = '', back = '' } = typedOf(req);
    if (!PUSHES.has(minutes)) throw new Refused(422, 'The clock goes ahead by 15 minutes, an hour or a day.');
    const path = OWN_PATH.test(back) ? back : '/desk';
    const came = await desk.passing.push(Number(minutes) * 60_000);
    if (came === 'on-the-way' || desk.passing.failed) return res.redirect(303, path);
    ehr.tick();
    seeOther(res, path, 'clock');
  });

  router.use((_req, _res, next) => next(new Refused(404, 'There is no such page at the front desk.')));
  router.use(lastStop(desk));
  return router;
}

function faultRoutes(desk: Desk): Router {
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

/** Must have four parameters for express to see it. What is not a refusal goes on, to be logged and answered with 500. */
const lastStop =
  (desk: Desk): ErrorRequestHandler =>
  async (error, _req, res, next) => {
    if (!(error instanceof Refused)) return next(error);
    const body = html`<div class="heading"><h1>That did not work</h1></div><p class="lead">${error.message}</p><p><a class="button" href="/desk">To the schedule</a></p>`;
    const refusal = { title: 'That did not work', section: 'schedule', here: '/desk', body } as const;
    res.status(error.status).send(await page(desk, refusal));
  };
