import { join } from 'node:path';
import express, { type Router } from 'express';
import { Refused } from './chart.ts';
import { ownPagesOnly, queryOf, seeOther, strictPages, typedOf } from './desk-request.ts';
import { readDirectory } from './directory.ts';
import { faultRoutes } from './faults-routes.ts';
import { isDate, localTime } from './local-time.ts';
import { lastStop, noSuchPage, nothingHere } from './lost.ts';
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
export function frontDesk(ehr: DeskEhr, demo: Demo): { router: Router; nothingHere: Router } {
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

  router.use(noSuchPage, lastStop(desk));
  return { router, nothingHere: nothingHere(desk) };
}
