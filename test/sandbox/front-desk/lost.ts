import express, { type ErrorRequestHandler, type RequestHandler, type Router } from 'express';
import { Refused } from './chart.ts';
import { strictPages } from './desk-request.ts';
import { html } from './html.ts';
import { type Desk, page } from './page.ts';

export const noSuchPage: RequestHandler = (_req, _res, next) =>
  next(new Refused(404, 'There is no such page at the front desk.'));

/** For addresses outside the desk, to be mounted after everything else: browsers get a page with a way back. */
export function nothingHere(desk: Desk): Router {
  const router = express.Router();
  router.use((req, res, next) => {
    if (req.accepts(['json', 'html']) === 'html') return next();
    res.status(404).json({ error: 'There is nothing here.' });
  });
  router.use(strictPages, noSuchPage, lastStop(desk));
  return router;
}

const MISSING: Record<number, string> = { 404: 'There is nothing here', 410: 'It is not here any more' };

/** Must have four parameters for express to see it. What is not a refusal goes on, to be logged and answered with 500. */
export const lastStop =
  (desk: Desk): ErrorRequestHandler =>
  async (error, _req, res, next) => {
    if (!(error instanceof Refused)) return next(error);
    const title = MISSING[error.status] ?? 'That did not work';
    const body = html`<div class="heading"><h1>${title}</h1></div><p class="lead">${error.message}</p><p><a class="button" href="/desk">To the schedule</a></p>`;
    const refusal = { title, section: undefined, here: '/desk', body };
    res.status(error.status).send(await page(desk, refusal));
  };
