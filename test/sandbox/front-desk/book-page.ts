import { VISIT_TYPES } from '../practice/visit-types.ts';
import type { Directory } from './directory.ts';
import { checkbox, clinicianOptions, input, patientPicker, select, siteOptions, type Typed } from './fields.ts';
import { type Html, html } from './html.ts';

export function bookPage(directory: Directory, typed: Typed): Html {
  const types = VISIT_TYPES.map(({ code, name, minutes }) => ({ value: code, name: `${name}, ${minutes} min` }));
  const home = directory.clinicians.find(({ id }) => id === typed.clinician)?.siteId;
  return html`
<p class="back"><a href="/desk${typed.date ? `?day=${typed.date}` : ''}">‹ Schedule</a></p>
<div class="heading"><h1>Book a visit</h1></div>
<form method="post" action="/desk/book" class="panel wide">
  <div class="two">
    ${patientPicker(directory, 'Patient', 'patient', typed.patient)}
    <div class="fields">
      ${select('Clinician', 'clinician', clinicianOptions(directory.clinicians), typed.clinician)}
      ${select('Location', 'site', siteOptions(directory.sites), typed.site ?? home)}
      ${input('Date', 'date', 'date', typed.date)}
      ${input('Local time', 'time', 'time', typed.time)}
      ${select('Type of visit', 'type', types, typed.type ?? 'office-visit')}
      <div class="checks">
        ${checkbox('Telehealth (by video)', 'telehealth', typed.telehealth === 'yes')}
        ${checkbox('New patient', 'new', typed.new === 'yes')}
      </div>
    </div>
  </div>
  <p class="choices"><button class="primary">Book the visit</button></p>
</form>`;
}
