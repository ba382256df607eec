import { randomUUID } from 'node:crypto';
import type { WithId } from '@medplum/core';
import type { Appointment } from '@medplum/fhirtypes';
import { type Request, type Response, Router } from 'express';
import { bookPage } from './book-page.ts';
import { booked, cancelled, marked, moved, rebooked } from './changes.ts';
import { asking, Refused, remove, save, saveAndCreate } from './chart.ts';
import { orAgain, param, queryOf, seeOther, typedOf, versionOf } from './desk-request.ts';
import { readDirectory } from './directory.ts';
import type { Typed } from './fields.ts';
import { readBooking, readMark, readPlace, readReason } from './forms.ts';
import { mustBeTime } from './must-be-time.ts';
import { type Desk, page } from './page.ts';
import { canMove, visitPage } from './visit-page.ts';
import { viewVisit } from './visit-view.ts';

type Change = (appointment: WithId<Appointment>, typed: Typed, res: Response) => Promise<void>;

/** Opening a visit, changing it in every way a desk does, and booking a new one. */
export function visitRoutes(desk: Desk): Router {
  const { store } = desk.ehr;
  const now = desk.demo.clock.now;
  const router = Router();
  const read = (id: string) => asking('visit', () => store.read('Appointment', id));
  const pathOf = (id: string): string => `/desk/visits/${id}`;

  async function show(
    id: string,
    res: Response,
    typed: Typed,
    notes: { problem?: string; done?: string | undefined },
  ): Promise<void> {
    const directory = await readDirectory(store);
    const view = viewVisit(await read(id), directory);
    const body = visitPage(view, directory, desk.demo, typed);
    res.send(await page(desk, { title: 'Visit', section: 'schedule', here: pathOf(id), body, ...notes }));
  }

  router.get('/visits/:id', (req, res) => show(param(req, 'id'), res, {}, { done: queryOf(req, 'done') }));

  const change = (what: string, make: Change) =>
    router.post(`/visits/:id/${what}`, async (req, res) => {
      const id = param(req, 'id');
      const typed = typedOf(req);
      await orAgain(
        async () => make(await read(id), typed, res),
        ({ status, message }) => show(id, res.status(status), { ...typed, form: what }, { problem: message }),
      );
    });

  change('mark', async (appointment, typed, res) => {
    const mark = readMark(typed);
    if (mark === 'restored' && !appointment.start)
      throw new Refused(422, 'This visit never had a time, so it cannot be booked again. Book a new one.');
    mustBeTime(appointment, mark, now());
    await save(store, marked(appointment, mark === 'restored' ? 'booked' : mark), versionOf(typed));
    seeOther(res, pathOf(appointment.id), mark);
  });

  change('move', async (appointment, typed, res) => {
    if (!canMove(appointment.status))
      throw new Refused(409, 'Only a visit that is still ahead can be moved. Restore it first.');
    const directory = await readDirectory(store);
    const view = viewVisit(appointment, directory);
    const place = readPlace(typed, directory, now(), view.minutes, view.clinician === undefined);
    if (typed.how !== 'rebook') {
      await save(store, moved(appointment, place), versionOf(typed));
      return seeOther(res, pathOf(appointment.id), 'moved');
    }
    const old = cancelled(appointment, 'pat');
    const next = await saveAndCreate(store, old, versionOf(typed), rebooked(appointment, place, now()));
    seeOther(res, pathOf(next.id), 'rebooked');
  });

  change('cancel', async (appointment, typed, res) => {
    await save(store, cancelled(appointment, readReason(typed)), versionOf(typed));
    seeOther(res, pathOf(appointment.id), 'cancelled');
  });

  change('delete', async (appointment, typed, res) => {
    if (typed.sure !== 'yes') throw new Refused(422, 'Tick “Yes, delete this record” first.');
    await remove(store, appointment, versionOf(typed));
    const { start } = viewVisit(appointment, await readDirectory(store));
    seeOther(res, start ? `/desk?day=${start.date}` : '/desk', 'deleted');
  });

  async function showBooking(res: Response, typed: Typed, problem?: string): Promise<void> {
    const body = bookPage(await readDirectory(store), typed);
    res.send(await page(desk, { title: 'Book a visit', section: 'schedule', here: '/desk/book', problem, body }));
  }

  router.get('/book', (req: Request, res) => {
    const asked = ['date', 'time', 'clinician', 'site'].map(name => [name, queryOf(req, name)]);
    return showBooking(res, Object.fromEntries(asked));
  });

  router.post('/book', async (req, res) => {
    const typed = typedOf(req);
    await orAgain(
      async () => {
        const booking = readBooking(typed, await readDirectory(store), now());
        const created = await asking('visit', () => store.create(booked(booking, now(), randomUUID())));
        seeOther(res, pathOf(created.id), 'booked');
      },
      ({ status, message }) => showBooking(res.status(status), typed, message),
    );
  });

  return router;
}
