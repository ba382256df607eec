import express, { type Request, type Response, Router } from 'express';
import { z } from 'zod';
import { answerFromPhone, type PhoneAnswering } from '../../channels/phone/answer.ts';
import { linesOf, type PhoneLine, type PhoneOwner } from './lines.ts';
import { page } from './page.ts';
import { people } from './people.ts';
import { thread } from './thread.ts';

export interface PhonePageOptions extends PhoneAnswering {
  /** True only in the demonstration. The page shows every patient's messages to whoever opens it. */
  demo: boolean;
  /** Everybody in the chart who has a number or an address. */
  directory: () => Promise<PhoneOwner[]>;
  practice: { name: string; sms: string; email: string };
}

/** Enough for a long demonstration; older messages scroll out of the page, not out of the store. */
const NEWEST = 2000;

const Answer = z.object({ body: z.string().max(20_000).optional(), quick: z.string().max(20).optional() });

/** The phones of all patients, to be mounted at `/phone`. Throws unless `demo` is true: it refuses to exist elsewhere. */
export function phonePage(options: PhonePageOptions): Router {
  if (options.demo !== true) {
    throw new Error('The phone page shows every message to whoever opens it, so it exists only in the demonstration.');
  }
  const router = Router();
  router.use(guard);
  for (const asset of ['phone.css', 'phone.js']) {
    router.get(`/${asset}`, (_request, response) => response.sendFile(asset, { root: import.meta.dirname }));
  }
  router.get(['/', '/lines/:line'], async (request, response) => {
    const { owners, lines, line } = await look(options, request.params.line);
    if (request.params.line && !line) return gone(response);
    const parts = { base: request.baseUrl, practiceName: options.practice.name, lines };
    const shown = {
      people: people(owners, lines, request.baseUrl, line),
      ...(line && { line, thread: thread(line, options.practice.name) }),
    };
    response.type('html').send(page({ ...parts, ...shown }));
  });
  router.get('/live', async (request, response) => {
    const { owners, lines, line } = await look(options, request.query.line);
    const messages = line ? thread(line, options.practice.name).text : '';
    response.json({ people: people(owners, lines, request.baseUrl, line).text, messages });
  });
  router.post('/lines/:line', express.urlencoded({ extended: false, limit: '64kb' }), (request, response) =>
    takeAnswer(options, request, response),
  );
  return router;
}

async function takeAnswer(options: PhonePageOptions, request: Request, response: Response): Promise<void> {
  const { line } = await look(options, request.params.line);
  if (!line) return gone(response);
  const answer = Answer.safeParse(request.body ?? {});
  const body = answer.data?.quick ?? answer.data?.body ?? '';
  if (body.trim() === '') return void response.status(400).type('text').send('There is nothing to send.');
  const to = options.practice[line.medium];
  await answerFromPhone(options, { medium: line.medium, from: line.address, to, body: body.replace(/\r\n/g, '\n') });
  response.redirect(303, `${request.baseUrl}/lines/${line.id}`);
}

async function look(
  options: PhonePageOptions,
  id: unknown,
): Promise<{ owners: PhoneOwner[]; lines: PhoneLine[]; line?: PhoneLine }> {
  const [owners, entries] = await Promise.all([options.directory(), options.store.list({ limit: NEWEST })]);
  const lines = linesOf(owners, entries);
  const line = lines.find(each => each.id === id);
  return { owners, lines, ...(line && { line }) };
}

const gone = (response: Response): void => {
  response.status(404).type('text').send('There is no such phone.');
};

/** Nothing of the page is kept or framed elsewhere, and no other site may post an answer for a patient. */
function guard(request: Request, response: Response, next: () => void): void {
  response.set({
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
    'content-security-policy':
      "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'self'",
  });
  const site = request.get('sec-fetch-site');
  if (request.method === 'POST' && site !== undefined && site !== 'same-origin') {
    response.status(403).type('text').send('An answer has to come from this page.');
    return;
  }
  next();
}
