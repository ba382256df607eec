import express, { type Router } from 'express';
import { ANSWERING } from '../../sync/domain/plan/diff.ts';
import { wordsOf } from '../../sync/domain/plan/words.ts';
import type { Policy } from '../../sync/domain/policy/policy.ts';
import { REASONS } from '../../sync/domain/reasons.ts';
import { byText, latest } from '../../sync/domain/time.ts';
import { explain, type PatientExplanation } from '../../sync/reconcile/explain.ts';
import type { Service } from '../../sync/reconcile/service.ts';
import { messagesOf, pendingTogether } from '../../sync/store/find-messages.ts';
import type { MessageRow } from '../../sync/store/message-row.ts';
import { noVisit, unknownVisit } from './explain-frame.ts';
import { answered, heardAbout, tells } from './explain-heard.ts';
import { type Explained, explainView, type Said } from './explain-view.ts';
import { type Directory, patientName, readDirectory } from './front-desk/directory.ts';
import { localTime } from './front-desk/local-time.ts';
import { type VisitView, viewVisit } from './front-desk/visit-view.ts';
import type { SandboxStore } from './store.ts';

/**
 * "Why?" for the demonstration. Programs get what `loopkeeper explain` gets, references only; a browser gets the names,
 * the words and the hours of the place, as somebody at the front desk would ask for them.
 */
export function explainPage(service: Service, store: SandboxStore, deskUrl: string): Router {
  const router = express.Router();
  router.get('/:type/:id', async (request, response) => {
    const appointment = `${request.params.type}/${request.params.id}`;
    const isVisit = request.params.type === 'Appointment';
    const explanation = isVisit ? await explain(service, appointment) : undefined;
    response.set('x-explains', 'yes').status(explanation ? 200 : 404);
    if (request.accepts(['json', 'html']) !== 'html') return void response.json(explanation ?? {});
    if (!isVisit) return void response.type('html').send(noVisit(appointment, deskUrl));
    if (!explanation) return void response.type('html').send(unknownVisit(deskUrl));
    const directory = await readDirectory(store);
    const visit = await visitOf(store, directory, request.params.id);
    const policy = await service.policy();
    const zone = visit?.site.zone ?? policy.clinic.zone;
    const patients: Explained[] = [];
    for (const one of explanation.patients) {
      patients.push({
        ...one,
        name: nameOf(directory, one.patient),
        talk: await talkWith(service, policy, one, appointment),
      });
    }
    const ruleName = (id: string): string =>
      id === ANSWERING ? 'Our answer' : (policy.rules.find(rule => rule.id === id)?.name ?? id);
    const when = (at: string): string => {
      const { shortDay, clock, zone: zoneName } = localTime(at, zone);
      return `${shortDay}, ${clock} ${zoneName}`;
    };
    response.type('html').send(explainView({ appointment, visit, patients, deskUrl, ruleName, when }));
  });
  return router;
}

/** Undefined when the visit was deleted from the EHR: the service still knows what it said about it. */
const visitOf = (store: SandboxStore, directory: Directory, id: string): Promise<VisitView | undefined> =>
  store.read('Appointment', id).then(
    found => viewVisit(found, directory),
    () => undefined,
  );

function nameOf({ patients }: Directory, reference: string): string {
  const patient = patients.get(reference);
  return patient ? patientName(patient) : reference;
}

/** What was said to them and what they wrote, in the order in which it happened, or is to happen. */
async function talkWith(
  service: Service,
  policy: Policy,
  one: PatientExplanation,
  appointment: string,
): Promise<Explained['talk']> {
  const { sql } = service.database;
  const all = await messagesOf(sql, one.patient);
  const heard = await heardAbout(sql, one, appointment, all);
  const rows = all.filter(row => tells(row, appointment) || heard.some(({ inbound }) => inbound === answered(row)));
  const said: Said[] = [];
  for (const row of rows)
    said.push({
      rule: row.rule,
      state: row.state,
      medium: row.medium,
      at: row.sentAt ?? latest(row.dueAt, row.sendAt) ?? row.sendAt,
      because: row.reason && REASONS[row.reason],
      words: row.body ?? (await wouldSay(service, policy, row)),
    });
  return [...heard, ...said].sort((a, b) => byText(a.at, b.at));
}

/** Of what is still planned: with everything that would leave in the same message. */
async function wouldSay(service: Service, policy: Policy, row: MessageRow): Promise<string | undefined> {
  if (row.state !== 'planned') return undefined;
  const together = await pendingTogether(service.database.sql, row.key);
  const words = wordsOf(together.length > 0 ? together : [row], policy, service.clock(), row.blanks ?? {});
  return 'cannot' in words ? undefined : words.body;
}
