import express, { type Response, type Router } from 'express';
import type { Service } from '../reconcile/service.ts';
import { record } from '../store/journal.ts';
import { stop, stopsAt } from '../store/opt-out.ts';
import { bumpGeneration, peopleAt } from '../store/patient.ts';
import { inTransaction } from '../store/transaction.ts';
import { html } from './phone-page/html.ts';
import { TOO_MANY } from './refusal.ts';
import { slowGuesses } from './slow-guesses.ts';
import { smallPage } from './small-page.ts';

/**
 * Where an e-mail's List-Unsubscribe leads. Looking (GET) changes nothing, for mail scanners look at every link
 * (`scope.md` D14); pressing the button, or a mail program's one click, posts (RFC 8058).
 */
export function unsubscribeRouter(service: Service): Router {
  const router = express.Router();
  router.get('/:message', (_request, response) => {
    response
      .type('html')
      .send(smallPage('Stop these e-mails?', html`<form method="post"><button>Stop them</button></form>`));
  });
  const guesses = slowGuesses({
    clock: service.clock,
    onTooMany: () => service.log.warn('Too many links to unsubscribe were tried; for a minute they are answered 429.'),
    answer: (_request, response) => void response.json({ error: TOO_MANY }),
  });
  const form = express.urlencoded({ extended: false, limit: '1kb', inflate: false });
  router.post('/:message', form, async (request, response, next) => {
    const id = String(request.params.message);
    // PostgreSQL knows no NUL, so no link of ours has one.
    if (id.includes('\0')) return next();
    // The same words for a link that never was: they say nothing about who is written to.
    if (await unsubscribe(service, id)) return sayDone(response);
    // A true link gets through whoever else comes from its address: mail programs press them for many.
    guesses(request, response, () => sayDone(response));
  });
  return router;
}

const sayDone = (response: Response): void =>
  void response
    .type('html')
    .send(smallPage('Done', html`<p>You will get no more of these e-mails. Your visits stay as they are.</p>`));

/** False for a link that never was. */
async function unsubscribe({ database, clock }: Service, id: string): Promise<boolean> {
  const at = clock();
  return inTransaction(database.sql, async sql => {
    const message = await sql
      .selectFrom('message')
      .select(['address', 'patient'])
      .where('id', '=', id)
      .where('medium', '=', 'email')
      .executeTakeFirst();
    if (!message) return false;
    // Pressed again, and by whoever has the mail: it shall not fill the journal.
    const stops = await stopsAt(sql, [message.address]);
    if (stops.some(({ medium, kind }) => medium === 'email' && kind === 'opted-out')) return true;
    await stop(sql, { address: message.address, medium: 'email', kind: 'opted-out', at, source: `message/${id}` });
    await bumpGeneration(
      sql,
      (await peopleAt(sql, [message.address])).map(row => row.patient),
    );
    await record(sql, [{ at, who: 'patient', what: 'unsubscribe', patient: message.patient }]);
    return true;
  });
}
