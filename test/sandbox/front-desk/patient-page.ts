import type { WithId } from '@medplum/core';
import type { Consent, Patient, RelatedPerson } from '@medplum/fhirtypes';
import { type Directory, isDeceased, patientName, patientWarnings, recordNumbers } from './directory.ts';
import { checkbox, hidden, input, patientPicker, type Typed } from './fields.ts';
import { type Html, html } from './html.ts';
import { messagesPanel } from './messages-panel.ts';
import type { Messages } from './messages-view.ts';
import type { Demo } from './page.ts';
import { contacts, languageOf } from './patients-page.ts';
import type { TaskView } from './task-view.ts';
import { taskList } from './tasks-page.ts';
import { statusWord, type VisitView } from './visit-view.ts';

const mobileOf = ({ telecom }: Patient): string | undefined =>
  telecom?.find(({ system, use }) => (system === 'phone' || system === 'sms') && use === 'mobile')?.value;

export type PatientFile = {
  patient: WithId<Patient>;
  visits: readonly VisitView[];
  guardians: readonly RelatedPerson[];
  consents: readonly Consent[];
  tasks: readonly TaskView[];
  messages: Messages;
};

export function patientPage(file: PatientFile, directory: Directory, demo: Demo, typed: Typed): Html {
  const { patient, visits } = file;
  const replaced = patient.link?.find(({ type }) => type === 'replaced-by')?.other.reference;
  return html`
<p class="back"><a href="/desk/patients">‹ Patients</a></p>
<div class="heading"><h1>${patientName(patient)} ${patientWarnings(patient).map(warning => html`<span class="tag secret">${warning}</span> `)}</h1></div>
<div class="two">
  <section class="panel" aria-label="About the patient">
    <dl class="facts">
      <div><dt>Record</dt><dd>${recordNumbers(patient).join(', ') || 'none'}</dd></div>
      <div><dt>Born</dt><dd>${patient.birthDate ?? 'unknown'}</dd></div>
      <div><dt>Language</dt><dd>${languageOf(patient)}</dd></div>
      <div><dt>Reached at</dt><dd>${contacts(patient).map(line => html`${line}<br>`)}${contacts(patient).length === 0 && 'nothing on record'}</dd></div>
      ${file.guardians.map(one => html`<div><dt>Guardian</dt><dd>${guardian(one)}</dd></div>`)}
      ${file.consents.map(one => html`<div><dt>Consent</dt><dd>${consent(one)}</dd></div>`)}
      ${replaced && html`<div><dt>Merged into</dt><dd><a href="/desk/patients/${replaced.replace('Patient/', '')}">${replaced}</a></dd></div>`}
    </dl>
    <h2>Visits</h2>
    ${visits.length === 0 ? html`<p class="empty">No visits on record.</p>` : html`<ul class="plain">${visits.map(visitLine)}</ul>`}
    <h2>Tasks</h2>
    ${file.tasks.length === 0 ? html`<p class="empty">No task is about this patient.</p>` : taskList(file.tasks, false)}
    ${messagesPanel(file.messages)}
    <p class="why"><a class="button" href="${demo.phoneUrl(`Patient/${patient.id}`)}">Phone of the patient</a></p>
    <p class="fine">Patient/${patient.id}, version ${patient.meta?.versionId}</p>
  </section>
  <section class="panel actions" aria-label="Change the record">
    <h2>Change it</h2>
    ${form(patient, 'phone', html`${input('Mobile number; empty removes it', 'phone', 'tel', typed.phone ?? mobileOf(patient))}<p class="choices"><button>Save the number</button></p>`)}
    ${deceasedForm(patient, typed)}
    ${
      !replaced &&
      html`<details${typed.form === 'merge' && html` open`}><summary>Merge into another record</summary>
      ${form(
        patient,
        'merge',
        html`${patientPicker(directory, 'The record that stays', 'into', typed.into)}
        <p class="fine">This record becomes inactive and points at the other. Its visits stay where they are, as in many EHRs.</p>
        <p class="choices"><button class="danger">Merge</button></p>`,
      )}</details>`
    }
  </section>
</div>`;
}

function guardian({ name, relationship, telecom }: RelatedPerson): string {
  const full = [...(name?.[0]?.given ?? []), name?.[0]?.family].filter(Boolean).join(' ');
  const relation = relationship?.[0]?.text ?? relationship?.[0]?.coding?.[0]?.code;
  return [full, relation, telecom?.[0]?.value].filter(Boolean).join(', ');
}

function consent({ status, provision }: Consent): string {
  const media =
    provision?.code
      ?.map(({ coding }) => coding?.[0]?.code)
      .filter(Boolean)
      .join(', ') || 'messages';
  return `${provision?.type === 'deny' ? 'no' : 'yes'} to ${media}${status === 'active' ? '' : ` (${status})`}`;
}

const form = (patient: WithId<Patient>, what: string, body: Html): Html =>
  html`<form method="post" action="/desk/patients/${patient.id}/${what}">${hidden('version', patient.meta?.versionId ?? '')}${body}</form>`;

/** Everything that was planned is withdrawn at once, and the family must not get a text by a slip: asked for twice. */
const deceasedForm = (patient: WithId<Patient>, typed: Typed): Html =>
  isDeceased(patient)
    ? form(patient, 'deceased', html`<button name="deceased" value="no">Not deceased after all</button>`)
    : html`<details${typed.form === 'deceased' && html` open`}><summary>Mark as deceased</summary>
      ${form(
        patient,
        'deceased',
        html`<p>Nothing more is sent to this patient, and what was planned is withdrawn.</p>
        ${checkbox('Yes, this patient has died', 'sure', false)}
        <p class="choices"><button class="danger" name="deceased" value="yes">Mark as deceased</button></p>`,
      )}</details>`;

const visitLine = ({ appointment, start, typeName, clinicianName }: VisitView): Html => html`<li>
  <a href="/desk/visits/${appointment.id}">${start ? `${start.day}, ${start.clock} ${start.zone}` : 'No time yet'}</a>
  <span class="fine">${typeName}, ${clinicianName}</span> <span class="tag state ${appointment.status}">${statusWord(appointment.status)}</span></li>`;
