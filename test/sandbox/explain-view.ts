import { ANSWERING } from '../../sync/domain/plan/diff.ts';
import { REASONS, type Reason } from '../../sync/domain/reasons.ts';
import type { PatientExplanation } from '../../sync/reconcile/explain.ts';
import { type HeldPlan, WOULD } from '../../sync/reconcile/held-plan.ts';
import { page } from './explain-frame.ts';
import type { Heard } from './explain-heard.ts';
import { type Html, html } from './front-desk/html.ts';
import { statusWord, type VisitView } from './front-desk/visit-view.ts';

export interface Said {
  rule: string;
  state: string;
  medium: string;
  at: string;
  because: string | undefined;
  /** As they were sent, or would be sent now. */
  words: string | undefined;
}

export interface Explained extends PatientExplanation {
  name: string;
  /** Said and heard, the oldest first. */
  talk: (Said | Heard)[];
}

export interface ExplainParts {
  appointment: string;
  visit: VisitView | undefined;
  patients: readonly Explained[];
  deskUrl: string;
  ruleName: (id: string) => string;
  /** The hour on the wall of the place, with its zone. */
  when: (at: string) => string;
}

export function explainView(parts: ExplainParts): string {
  const { appointment, visit, deskUrl, when } = parts;
  const id = appointment.replace('Appointment/', '');
  const start = visit?.appointment.start;
  const about = visit
    ? `${visit.typeName}, ${start ? when(start) : 'no time yet'}, ${visit.clinicianName}, ${visit.site.name}`
    : 'The EHR does not hold this visit any more.';
  return page(
    'Why? What was sent about this visit',
    html`<p><a href="${deskUrl}/desk/visits/${id}">‹ The visit at the front desk</a></p>
<h1>Why? What was sent, and what was not</h1>
<p>${about}</p>
<p class="fine">${appointment}. Hours are those of the place.</p>
${parts.patients.map(one => patientSection(one, parts))}`,
  );
}

function patientSection(one: Explained, parts: ExplainParts): Html {
  const { patient, name, talk, held, tasks, notPlanned, history } = one;
  return html`<section aria-label="${name}">
<h2><a href="${parts.deskUrl}/desk/patients/${patient.replace('Patient/', '')}">${name}</a></h2>
<p>${truth(one, parts)}</p>
${held && heldBack(held, parts)}
${talk.length > 0 && html`<h3>Messages</h3><ul>${talk.map(one => ('inbound' in one ? heardItem(one, parts) : messageItem(one, parts)))}</ul>`}
${
  tasks.length > 0 &&
  html`<h3>Tasks</h3><ul>${tasks.map(
    task => html`<li><p><b>${task.says}</b> <span class="state">${task.state}</span></p>
<p class="fine">due ${parts.when(task.dueAt)}${task.reason && html`. ${REASONS[task.reason]}`}</p></li>`,
  )}</ul>`
}
${
  notPlanned.length > 0 &&
  html`<h3>Not planned</h3><ul>${notPlanned.map(
    n => html`<li><p><b>${parts.ruleName(n.rule)}</b></p><p class="fine">${n.because}</p></li>`,
  )}</ul>`
}
${
  history.length > 0 &&
  html`<details><summary>What happened, step by step</summary><ol>${history.map(
    step => html`<li><span class="fine">${parts.when(step.at)}</span> ${stepWords(step.what)}${step.rule && `: ${stepRule(step.what, step.rule, parts)}`}
${step.reason && html`<span class="fine">${REASONS[step.reason as Reason] ?? step.reason}</span>`}</li>`,
  )}</ol></details>`
}
</section>`;
}

const heldBack = (
  { brake, would }: HeldPlan,
  { ruleName, when }: ExplainParts,
): Html => html`<h3>Held by brake ${brake}</h3>
<p class="fine">Much changed at once, so a person looks first; until <code>release ${brake}</code> nothing of this is planned.</p>
<ul>${would.map(
  ({
    act,
    rule,
    at,
    because,
  }) => html`<li><p><b>${ruleName(rule)}</b> <span class="state">would ${WOULD[act]}</span></p>
<p class="fine">${at && when(at)}${because}</p></li>`,
)}</ul>`;

function truth({ now, told }: Explained, { when }: ExplainParts): Html {
  const status = now.deleted ? 'deleted' : statusWord(now.status as VisitView['appointment']['status']);
  const knows = told && (told.live ? when(told.start ?? told.at) : 'that it is off');
  return html`The EHR says <b>${status}</b>${now.start && html`, ${when(now.start)}`}. The patient was told ${
    told
      ? html`<b>${knows}</b>, by ${told.by === 'us' ? 'us' : 'the practice itself'}, ${when(told.at)}`
      : html`<b>nothing yet</b>`
  }.`;
}

const messageItem = (message: Said, { ruleName, when }: ExplainParts): Html => html`<li>
<p><b>${ruleName(message.rule)}</b> <span class="state">${message.state}</span></p>
${message.words && html`<blockquote>${message.words}</blockquote>`}
<p class="fine">${MEDIA[message.medium]}, ${when(message.at)}${message.because && html`. ${message.because}`}</p></li>`;

const heardItem = (
  { words, understood, medium, from, at }: Heard,
  { when }: ExplainParts,
): Html => html`<li class="heard">
<p><b>Written to us</b>${understood && html` <span class="state">${understood}</span>`}</p>
<blockquote>${words}</blockquote>
<p class="fine">${MEDIA[medium]} from ${from}, ${when(at)}</p></li>`;

const MEDIA: Record<string, string> = { sms: 'Text message', email: 'E-mail' };

/** The journal's words, for people. */
const STEPS: Record<string, string> = {
  create: 'planned',
  revise: 'planned anew',
  revive: 'planned again',
  withdraw: 'withdrawn',
  claim: 'handed to the channel',
  hold: 'held',
  open: 'Task opened',
  reword: 'Task reworded',
  close: 'Task closed',
};
/** A Task that stands in for an answer is no answer. */
const stepRule = (what: string, rule: string, { ruleName }: ExplainParts): string =>
  rule === ANSWERING && ['open', 'reword', 'close'].includes(what) ? 'somebody has to answer' : ruleName(rule);
const stepWords = (what: string): string => STEPS[what] ?? what;
