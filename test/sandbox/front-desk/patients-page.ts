import type { Patient } from '@medplum/fhirtypes';
import { type Directory, patientName, patientSearch, patientWarnings, recordNumbers } from './directory.ts';
import { type Html, html } from './html.ts';

export function patientsPage(directory: Directory): Html {
  const people = [...directory.patients.values()].sort((a, b) => family(a).localeCompare(family(b)));
  return html`
<div class="heading"><h1>Patients</h1></div>
<div class="toolbar"><label class="search" data-script hidden>Find <input type="search" data-filter-rows autocomplete="off" placeholder="Name, phone, record number"></label></div>
<p class="count" role="status" data-count>${people.length} patients</p>
<p class="empty" data-no-match hidden>Nobody here matches.</p>
<div class="scroll" tabindex="0" role="region" aria-label="All patients"><table>
  <thead><tr><th scope="col">Name</th><th scope="col">Record</th><th scope="col">Born</th><th scope="col">Language</th><th scope="col">Reached at</th><th scope="col">Note</th></tr></thead>
  <tbody>${people.map(row)}</tbody>
</table></div>`;
}

const family = ({ name }: Patient): string => `${name?.[0]?.family ?? ''} ${name?.[0]?.given?.[0] ?? ''}`;

const row = (patient: Patient): Html => html`<tr data-search="${patientSearch(patient)}">
  <th scope="row"><a href="/desk/patients/${patient.id}">${patientName(patient)}</a></th>
  <td>${recordNumbers(patient).join(', ')}</td>
  <td>${patient.birthDate ?? 'unknown'}</td>
  <td>${languageOf(patient)}</td>
  <td>${contacts(patient)[0] ?? html`<span class="fine">nothing on record</span>`}</td>
  <td>${patientWarnings(patient).map(warning => html`<span class="badge secret">${warning}</span> `)}</td>
</tr>`;

export const languageOf = ({ communication }: Patient): string => {
  const spoken = communication?.find(({ preferred }) => preferred) ?? communication?.[0];
  return spoken?.language.text ?? spoken?.language.coding?.[0]?.code ?? 'not recorded';
};

export const contacts = ({ telecom }: Patient): string[] =>
  (telecom ?? []).map(({ value = '', system, use, rank, period }) => {
    const notes = [use ?? system, rank === 1 && 'preferred', period?.end && `until ${period.end}`];
    return `${value} (${notes.filter(Boolean).join(', ')})`;
  });
