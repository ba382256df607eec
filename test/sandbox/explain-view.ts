import { REASONS, type Reason } from '../../sync/domain/reasons.ts';
import type { PatientExplanation } from '../../sync/reconcile/explain.ts';
import { type HeldPlan, WOULD } from '../../sync/reconcile/held-plan.ts';
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
  said: Said[];
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

export const unknownVisit = (deskUrl: string): string =>
  page(
    'Why? An unknown visit',
    html`<p><a href="${deskUrl}/desk">‹ The front desk</a></p><h1>The service has not seen this visit yet</h1>
<p>It hears of a new visit within seconds, or, where notifications are lost, when it next polls.</p>`,
  );

function patientSection(one: Explained, parts: ExplainParts): Html {
  const { patient, name, said, held, tasks, notPlanned, history } = one;
  return html`<section aria-label="${name}">
<h2><a href="${parts.deskUrl}/desk/patients/${patient.replace('Patient/', '')}">${name}</a></h2>
<p>${truth(one, parts)}</p>
${held && heldBack(held, parts)}
${said.length > 0 && html`<h3>Messages</h3><ul>${said.map(message => messageItem(message, parts))}</ul>`}
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
    step => html`<li><span class="fine">${parts.when(step.at)}</span> ${stepWords(step.what)}${step.rule && html`: ${parts.ruleName(step.rule)}`}
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
<p class="fine">${message.medium === 'sms' ? 'Text message' : 'E-mail'}, ${when(message.at)}${message.because && html`. ${message.because}`}</p></li>`;

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
const stepWords = (what: string): string => STEPS[what] ?? what;

const page = (title: string, body: Html): string =>
  `<!doctype html>\n${
    html`<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title><link rel="icon" href="data:,"><style>
:root{color-scheme:light dark;--quiet:light-dark(#5b6672,#a3adb6);--line:light-dark(#dcdad4,#343c44);--soft:light-dark(#efede8,#262d33);--accent:light-dark(#1b6a72,#6cc5cb)}
body{font:1rem/1.5 system-ui,sans-serif;background:light-dark(#f6f5f2,#14181c);color:light-dark(#1f2730,#e7eaec);margin:0;overflow-wrap:anywhere}
main{max-width:52rem;margin:0 auto;padding:1.25rem 1rem 4rem}a{color:var(--accent)}h1{font-size:1.5rem;line-height:1.25;margin:.5rem 0}
h2{font-size:1.2rem;margin:2rem 0 .25rem}h3{font-size:1rem;margin:1.25rem 0 .25rem}p{margin:.2rem 0}
ul{list-style:none;margin:0;padding:0}li{padding:.6rem 0;border-bottom:1px solid var(--line)}ol li{padding:.25rem 0;border:0}
blockquote{margin:.35rem 0;padding:.35rem .75rem;border-left:3px solid var(--line);background:var(--soft);white-space:pre-line}
.fine{color:var(--quiet);font-size:.9rem}.state{background:var(--soft);border-radius:1em;padding:0 .5em;font-size:.8rem;font-weight:600}
details{margin:1.25rem 0}summary{font-weight:600;cursor:pointer;min-height:2rem}</style></head>
<body><main>${body}</main></body></html>`.text
  }\n`;
