import type { Patient } from '@medplum/fhirtypes';
import { type Clinician, type Directory, patientName, patientSearch, patientWarnings, type Site } from './directory.ts';
import { type Html, html } from './html.ts';
import { zoneTitle } from './local-time.ts';

/** What a person typed, kept as it was so that a refused form comes back full. */
export type Typed = Readonly<Record<string, string | undefined>>;

/** `site` is where a clinician works: choosing the one chooses the other, when the script runs. */
export type Option = { value: string; name: string; site?: string | undefined };

export const select = (
  label: string,
  name: string,
  options: readonly Option[],
  chosen: string | undefined,
): Html => html`
<label class="field"><span>${label}</span><select name="${name}" required>${options.map(
  option =>
    html`<option value="${option.value}"${option.site && html` data-site="${option.site}"`}${option.value === chosen && html` selected`}>${option.name}</option>`,
)}</select></label>`;

export const input = (label: string, name: string, type: 'date' | 'time' | 'tel', value: string | undefined): Html =>
  html`<label class="field"><span>${label}</span><input type="${type}" name="${name}" value="${value ?? ''}"${type === 'tel' ? html` autocomplete="off"` : html` required`}></label>`;

export const checkbox = (label: string, name: string, isOn: boolean): Html =>
  html`<label class="check"><input type="checkbox" name="${name}" value="yes"${isOn && html` checked`}> ${label}</label>`;

export const hidden = (name: string, value: string): Html =>
  html`<input type="hidden" name="${name}" value="${value}">`;

export const clinicianOptions = (clinicians: readonly Clinician[]): Option[] =>
  clinicians.map(({ id, name, siteId }) => ({ value: id, name, site: siteId }));

/** Every time that is typed is local to the location, so its zone stands beside its name. */
export const siteOptions = (sites: readonly Site[]): Option[] =>
  sites.map(({ id, name, zone }) => ({ value: id, name: `${name} (${zoneTitle(zone)})` }));

/** A list with a search box over it; the script narrows the list, and without it the list is all there. */
export function patientPicker(directory: Directory, label: string, name: string, chosen: string | undefined): Html {
  const people = [...directory.patients.values()].sort((a, b) => sortName(a).localeCompare(sortName(b)));
  return html`<div class="field picker" data-picker>
  <label data-script hidden><span>Find a patient</span><input type="search" autocomplete="off" placeholder="Name, phone, record number"></label>
  <p class="unseen" role="status" data-picked></p>
  <label><span>${label}</span><select name="${name}" size="7" required>${people.map(
    one =>
      html`<option value="${one.id}" data-search="${patientSearch(one)}"${one.id === chosen && html` selected`}>${optionText(one)}</option>`,
  )}</select></label>
</div>`;
}

const sortName = (patient: Patient): string =>
  `${patient.name?.[0]?.family ?? ''} ${patient.name?.[0]?.given?.[0] ?? ''}`;

function optionText(patient: Patient): string {
  const number = patient.identifier?.[0]?.value;
  const warnings = patientWarnings(patient);
  const facts = [patientName(patient), ...warnings, patient.birthDate && `born ${patient.birthDate}`, number];
  return facts.filter(Boolean).join(' · ');
}
