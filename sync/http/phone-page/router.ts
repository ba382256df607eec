import express, { type Request, type Response, Router } from 'express';
import { z } from 'zod';
import { answerFromPhone, type PhoneAnswering } from '../../channels/phone/answer.ts';
import { readPhone } from '../../domain/phone.ts';
import { smallPage, wantsPage } from '../small-page.ts';
import { html } from './html.ts';
import { lineId, lineOf, linesOf, type PhoneLine, type PhoneOwner } from './lines.ts';
import { type PageParts, page } from './page.ts';
import { people } from './people.ts';
import { thread } from './thread.ts';

export interface PhonePageOptions extends PhoneAnswering {
  /** True only in the demonstration. The page shows every patient's messages to whoever opens it. */
  demo: boolean;
  /** Everybody in the chart who has a number or an address. */
  directory: () => Promise<PhoneOwner[]>;
  practice: { name: string; sms: string; email: string; timeZone: string; country: string };
}

/** Enough for a long demonstration; older messages scroll out of the page, not out of the store. */
const NEWEST = 2000;

const Stranger = z.object({ number: z.string().max(40) });
const Answer = z.object({ body: z.string().max(20_000).optional(), quick: z.string().max(20).optional() });

/** The phones of all patients, to be mounted at `/phone`. Throws unless `demo` is true: it refuses to exist elsewhere. */
export function phonePage(options: PhonePageOptions): Router {
  if (options.demo !== true) {
    throw new Error('The phone page shows every message to whoever opens it, so it exists only in the demonstration.');
  }
  const router = Router();
  // Until they write, nothing else knows of them; a start anew forgets who never did.
  const strangers = new Set<string>();
  router.use(guard);
  for (const asset of ['phone.css', 'phone.js']) {
    router.get(`/${asset}`, (_request, response) => response.sendFile(asset, { root: import.meta.dirname }));
  }
  router.get(['/', '/lines/:line'], async (request, response) => {
    const { owners, lines, line } = await look(options, strangers, request.params.line);
    if (request.params.line && !line) return gone(request, response);
    response.type('html').send(pageOf(options, request, { owners, lines, ...(line && { line }) }));
  });
  router.get('/of/:type/:id', async (request, response) => {
    const { lines } = await look(options, strangers, undefined);
    const line = lineOf(`${request.params.type}/${request.params.id}`, lines);
    if (!line) return gone(request, response, 'No number and no address is on record for this patient.');
    response.redirect(303, `${request.baseUrl}/lines/${line.id}`);
  });
  router.get('/live', async (request, response) => {
    const { owners, lines, line } = await look(options, strangers, request.query.line);
    const messages = line ? thread(line, options.practice.name).text : '';
    response.json({ people: people(owners, lines, request.baseUrl, line).text, messages });
  });
  router.post(
    '/lines',
    express.urlencoded({ extended: false, limit: '1kb', inflate: false }),
    async (request, response) => {
      const typed = Stranger.safeParse(request.body ?? {}).data?.number ?? '';
      const phone = readPhone(typed, options.practice.country);
      if ('number' in phone && phone.number !== options.practice.sms) {
        strangers.add(phone.number);
        return response.redirect(303, `${request.baseUrl}/lines/${lineId(phone.number)}`);
      }
      const sentence =
        'number' in phone
          ? 'That is the number of the practice itself.'
          : `No text can come from that. Write a number with its area code, such as 312-555-0142, or with + and the country.`;
      const looked = await look(options, strangers, undefined);
      response
        .status(400)
        .type('html')
        .send(pageOf(options, request, { ...looked, problem: { sentence, typed } }));
    },
  );
  router.post(
    '/lines/:line',
    express.urlencoded({ extended: false, limit: '64kb', inflate: false }),
    (request, response) => takeAnswer(options, strangers, request, response),
  );
  return router;
}

function pageOf(
  { practice }: PhonePageOptions,
  { baseUrl }: Request,
  { owners, lines, line, problem }: Looked & Pick<PageParts, 'problem'>,
): string {
  return page({
    base: baseUrl,
    practiceName: practice.name,
    lines,
    problem,
    people: people(owners, lines, baseUrl, line),
    ...(line && { line, thread: thread(line, practice.name) }),
  });
}

interface Looked {
  owners: PhoneOwner[];
  lines: PhoneLine[];
  line?: PhoneLine;
}

async function takeAnswer(
  options: PhonePageOptions,
  strangers: ReadonlySet<string>,
  request: Request,
  response: Response,
): Promise<void> {
  const { line } = await look(options, strangers, request.params.line);
  if (!line) return gone(request, response);
  const answer = Answer.safeParse(request.body ?? {});
  const body = answer.data?.quick ?? answer.data?.body ?? '';
  if (body.trim() === '') return void response.status(400).type('text').send('There is nothing to send.');
  const to = options.practice[line.medium];
  await answerFromPhone(options, { medium: line.medium, from: line.address, to, body: body.replace(/\r\n/g, '\n') });
  response.redirect(303, `${request.baseUrl}/lines/${line.id}`);
}

async function look(options: PhonePageOptions, strangers: ReadonlySet<string>, id: unknown): Promise<Looked> {
  const [owners, entries] = await Promise.all([options.directory(), options.store.list({ limit: NEWEST })]);
  const lines = linesOf({ owners, entries, strangers, timeZone: options.practice.timeZone });
  const line = lines.find(each => each.id === id);
  return { owners, lines, ...(line && { line }) };
}

const gone = (request: Request, response: Response, why = 'Nobody has that number now.'): void => {
  response.status(404);
  if (!wantsPage(request)) return void response.json({ error: 'There is no such phone.' });
  const back = html`<p>${why}</p><p><a href="${request.baseUrl}/">All phones</a></p>`;
  response.type('html').send(smallPage('There is no such phone', back));
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
