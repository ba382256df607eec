import type { Appointment } from '@medplum/fhirtypes';
import { CANCEL_REASONS } from './changes.ts';
import { type Directory, patientWarnings } from './directory.ts';
import { checkbox, clinicianOptions, hidden, input, type Option, select, siteOptions, type Typed } from './fields.ts';
import { type Html, html } from './html.ts';
import type { Demo } from './page.ts';
import { badges } from './schedule-page.ts';
import { type Attendee, statusWord, type VisitView, visitTitle } from './visit-view.ts';

type Status = Appointment['status'];
type Mark = 'arrived' | 'noshow' | 'fulfilled' | 'restored';

const MARKS: Record<Mark, string> = {
  arrived: 'Mark arrived',
  fulfilled: 'Mark done',
  noshow: 'Mark no-show',
  restored: 'Restore to booked',
};

/** What the desk can do next. A visit that has begun is not moved; one that ended can only be put back. */
function marksFor(status: Status): Mark[] {
  if (status === 'booked' || status === 'pending') return ['arrived', 'fulfilled', 'noshow'];
  if (status === 'arrived' || status === 'checked-in') return ['fulfilled', 'noshow', 'restored'];
  return status === 'cancelled' || status === 'noshow' || status === 'fulfilled' ? ['restored'] : [];
}
export const canMove = (status: Status): boolean =>
  status === 'booked' || status === 'pending' || status === 'proposed' || status === 'waitlist';
const canCancel = (status: Status): boolean => canMove(status) || status === 'arrived' || status === 'checked-in';

export function visitPage(view: VisitView, directory: Directory, demo: Demo, typed: Typed): Html {
  const { status, id } = view.appointment;
  const ref = `Appointment/${id}`;
  return html`
<p class="back"><a href="/desk${view.start ? `?day=${view.start.date}` : ''}">‹ Schedule${view.start && ` of ${view.start.day}`}</a></p>
<div class="heading"><h1>${visitTitle(view)} <span class="tag state ${status}">${statusWord(status)}</span></h1></div>
<div class="two">
  <section class="panel" aria-label="The visit">
    ${facts(view)}
    <h2>${view.attendees.length > 1 ? 'Patients' : 'Patient'}</h2>
    <ul class="people">${view.attendees.map(one => attendee(one, demo))}</ul>
    <p class="why"><a class="button" href="${demo.explainUrl(ref)}">Why? / what was sent</a></p>
    <p class="fine">${ref}, version ${view.version}</p>
  </section>
  <section class="panel actions" aria-label="Change the visit">
    <h2>Change it</h2>
    ${marksFor(status).length > 0 && marksForm(view)}
    ${canMove(status) && moveForm(view, directory, typed)}
    ${canCancel(status) && cancelForm(view, typed)}
    ${deleteForm(view)}
  </section>
</div>`;
}

function facts(view: VisitView): Html {
  const { cancelationReason } = view.appointment;
  const reason = cancelationReason?.text ?? cancelationReason?.coding?.[0]?.display;
  const rows: [string, string | Html | false | undefined][] = [
    [
      'When',
      view.start ? html`<strong>${view.start.clock} ${view.start.zone}</strong>, ${view.start.day}` : 'No time yet',
    ],
    ['How long', `${view.minutes} minutes`],
    ['Clinician', view.clinicianName],
    ['Where', view.site.name],
    ['What', html`${view.typeName}${badges(view)}`],
    ['Video room', view.telehealthLink !== undefined && html`<span class="break">${view.telehealthLink}</span>`],
    ['Answers', view.appointment.basedOn?.[0]?.reference],
    ['Cancelled', reason],
  ];
  return html`<dl class="facts">${rows.map(([name, value]) => value && html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;
}

function attendee({ ref, name, confirmed, patient }: Attendee, demo: Demo): Html {
  const warnings = patient ? patientWarnings(patient) : ['not in this EHR'];
  return html`<li><a href="/desk/patients/${ref.replace('Patient/', '')}">${name}</a>
    ${warnings.map(warning => html`<span class="badge secret">${warning}</span> `)}
    <span class="fine">${confirmed ? 'has accepted' : 'has not answered'}</span>
    <a class="aside" href="${demo.phoneUrl(ref)}" aria-label="Phone of ${name}">Phone</a></li>`;
}

const action = (view: VisitView, what: string): string => `/desk/visits/${view.appointment.id}/${what}`;

const marksForm = (view: VisitView): Html => html`<form method="post" action="${action(view, 'mark')}" class="marks">
  ${hidden('version', view.version)}
  ${marksFor(view.appointment.status).map(mark => html`<button name="mark" value="${mark}">${MARKS[mark]}</button>`)}
</form>`;

function moveForm(view: VisitView, directory: Directory, typed: Typed): Html {
  const { clinicianName, clinician, start, site } = view;
  const keep: Option[] = clinician ? [] : [{ value: 'keep', name: clinicianName }];
  return html`<details${typed.form === 'move' && html` open`}><summary>Move</summary>
  <form method="post" action="${action(view, 'move')}">
    ${hidden('version', view.version)}
    <div class="fields">
      ${input('New date', 'date', 'date', typed.date ?? start?.date)}
      ${input('New local time', 'time', 'time', typed.time ?? start?.time)}
      ${select('Clinician', 'clinician', [...keep, ...clinicianOptions(directory.clinicians)], typed.clinician ?? clinician?.id ?? 'keep')}
      ${select('Location', 'site', siteOptions(directory.sites), typed.site ?? site.id)}
    </div>
    <p class="choices">
      <button class="primary" name="how" value="same">Move (same record)</button>
      <button name="how" value="rebook">Cancel and rebook</button>
    </p>
    <p class="fine">Same record: ${view.appointment.id} gets a new start. Cancel and rebook: it is cancelled, and a new visit without a link to it is made.</p>
  </form></details>`;
}

function cancelForm(view: VisitView, typed: Typed): Html {
  const reasons = Object.entries(CANCEL_REASONS).map(([value, name]) => ({ value, name }));
  return html`<details${typed.form === 'cancel' && html` open`}><summary>Cancel</summary>
  <form method="post" action="${action(view, 'cancel')}">
    ${hidden('version', view.version)}
    ${select('Who cancelled, and why', 'reason', reasons, typed.reason)}
    <p class="choices"><button class="danger">Cancel the visit</button></p>
  </form></details>`;
}

const deleteForm = (view: VisitView): Html => html`<details><summary>Delete</summary>
  <form method="post" action="${action(view, 'delete')}">
    ${hidden('version', view.version)}
    <p>Some systems delete instead of cancelling. The record disappears; nobody is told why.</p>
    ${checkbox('Yes, delete this record', 'sure', false)}
    <p class="choices"><button class="danger">Delete the visit</button></p>
  </form></details>`;
