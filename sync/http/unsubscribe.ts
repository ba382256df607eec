import express, { type Router } from 'express';
import type { Service } from '../reconcile/service.ts';
import { record } from '../store/journal.ts';
import { stop } from '../store/opt-out.ts';
import { bumpGeneration, peopleAt } from '../store/patient.ts';
import { inTransaction } from '../store/transaction.ts';
import { html } from './phone-page/html.ts';
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
  router.post('/:message', express.urlencoded({ extended: false, limit: '1kb' }), async (request, response, next) => {
    const id = String(request.params.message);
    // PostgreSQL knows no NUL, so no link of ours has one.
    if (id.includes('\0')) return next();
    await unsubscribe(service, id);
    // The same words for a link that never was: it says nothing about who is written to.
    response
      .type('html')
      .send(smallPage('Done', html`<p>You will get no more of these e-mails. Your visits stay as they are.</p>`));
  });
  return router;
}

async function unsubscribe({ database, clock }: Service, id: string): Promise<void> {
  const at = clock();
  await inTransaction(database.sql, async sql => {
    const message = await sql
      .selectFrom('message')
      .select(['address', 'patient'])
      .where('id', '=', id)
      .where('medium', '=', 'email')
      .executeTakeFirst();
    if (!message) return;
    await stop(sql, { address: message.address, medium: 'email', kind: 'opted-out', at, source: `message/${id}` });
    await bumpGeneration(
      sql,
      (await peopleAt(sql, [message.address])).map(row => row.patient),
    );
    await record(sql, [{ at, who: 'patient', what: 'unsubscribe', patient: message.patient }]);
  });
}
