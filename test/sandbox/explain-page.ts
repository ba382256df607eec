import express, { type Router } from 'express';
import { explain } from '../../sync/reconcile/explain.ts';
import type { Service } from '../../sync/reconcile/service.ts';

/** "Why?" for the demonstration: the same answer as `loopkeeper explain`, in a browser. It names no patient, only references. */
export function explainPage(service: Service): Router {
  const router = express.Router();
  router.get('/:type/:id', async (request, response) => {
    const appointment = `${request.params.type}/${request.params.id}`;
    const explanation = await explain(service, appointment);
    response.set('x-explains', 'yes');
    if (request.accepts(['html', 'json']) === 'json')
      return void response.status(explanation ? 200 : 404).json(explanation ?? {});
    if (!explanation)
      return void response
        .status(404)
        .type('html')
        .send(page(appointment, '<p>The service has not seen this visit yet.</p>'));
    const body = explanation.patients.map(one => {
      const { now, told } = one;
      const messages = one.messages.map(m => row(when(m.at), m.rule, m.state, m.text, m.because ?? ''));
      const others = one.notPlanned.map(n => row('', n.rule, 'not planned', '', n.because));
      const tasks = one.tasks.map(t => row(when(t.dueAt), 'Task', t.state, t.code, t.says));
      const history = one.history.map(
        h => `<li><time>${when(h.at)}</time> ${safe(h.rule)}: ${safe(h.what)} ${safe(h.reason)}</li>`,
      );
      return `<section><h2>${safe(one.patient)}</h2>
<p>The EHR says: <b>${safe(now.deleted ? 'deleted' : now.status)}</b> ${when(now.start)}. The patient was told: <b>${
        told
          ? `${told.live ? when(told.start) : 'that it is off'}</b> by ${told.by === 'us' ? 'us' : 'the practice itself'}, ${when(told.at)}`
          : 'nothing yet</b>'
      }.</p>
<table><thead><tr><th>When (UTC)</th><th>Rule</th><th>State</th><th>Text</th><th>Why</th></tr></thead><tbody>${[...messages, ...tasks, ...others].join('')}</tbody></table>
<details><summary>What happened, step by step</summary><ol>${history.join('')}</ol></details></section>`;
    });
    response.type('html').send(page(appointment, body.join('')));
  });
  return router;
}

const row = (...cells: string[]) => `<tr>${cells.map(cell => `<td>${safe(cell)}</td>`).join('')}</tr>`;
const when = (at: string | undefined) => (at ? `${at.slice(0, 10)} ${at.slice(11, 16)}` : '');
const safe = (text: string | undefined) =>
  (text ?? '').replace(
    /[&<>"']/g,
    sign => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' })[sign] ?? '',
  );

const page = (title: string, body: string) => `<!doctype html><html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><title>Why: ${safe(title)}</title><style>
:root{color-scheme:light dark}body{font:1rem/1.5 system-ui;max-width:68rem;margin:2rem auto;padding:0 1rem}
table{border-collapse:collapse;width:100%}th,td{text-align:left;vertical-align:top;padding:.4rem .6rem;border-bottom:1px solid #8884}
th{font-weight:600}details{margin:1rem 0}section+section{margin-top:3rem}</style></head><body><h1>Why: ${safe(title)}</h1>${body}</body></html>`;
