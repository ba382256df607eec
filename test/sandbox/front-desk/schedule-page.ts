import type { Instant } from '../../../sync/domain/clock.ts';
import { type Html, html } from './html.ts';
import { dayName, localTime, plusDays, zoneName } from './local-time.ts';
import type { Card, Column, Day, SiteDay } from './schedule.ts';
import { statusWord, type VisitView, visitTitle } from './visit-view.ts';

const OPENS = 8 * 60;
const CLOSES = 17 * 60;

export type ScheduleView = { day: Day; today: string; now: Instant; siteId: string | undefined };

export function schedulePage({ day, today, now, siteId }: ScheduleView): Html {
  const shown = day.sites.filter(({ site }) => siteId === undefined || site.id === siteId);
  const count = shown.flatMap(({ columns }) => columns).reduce((sum, { cards }) => sum + cards.length, 0);
  return html`
<div class="heading">
  <h1>${dayName(day.date)} ${day.date === today && html`<span class="tag now">Today</span>`}</h1>
  <a class="button primary" href="/desk/book?date=${day.date}">Book a visit</a>
</div>
${toolbar(day, today, siteId)}
<p class="count" role="status" data-count>${count === 0 ? 'No visits on this day.' : `${count} visits`}</p>
<p class="empty" data-no-match hidden>No visit of this day has that name in it.</p>
<div class="sites">${shown.map(site => siteSection(site, day.date, now))}</div>
${day.waiting.length > 0 && waitingSection(day.waiting)}`;
}

function toolbar(day: Day, today: string, siteId: string | undefined): Html {
  const at = (date: string): string => `/desk?day=${date}${siteId ? `&site=${siteId}` : ''}`;
  return html`<div class="toolbar">
  <nav aria-label="Days" class="days">
    <a class="button" rel="prev" href="${at(plusDays(day.date, -1))}"><span aria-hidden="true">‹</span> Previous day</a>
    <a class="button" href="${at(today)}"${day.date === today && html` aria-current="date"`}>Today</a>
    <a class="button" rel="next" href="${at(plusDays(day.date, 1))}">Next day <span aria-hidden="true">›</span></a>
  </nav>
  <form class="filters" method="get" action="/desk" data-auto-submit>
    <label>Day <input type="date" name="day" value="${day.date}" required></label>
    <label>Location <select name="site"><option value="">All</option>${day.sites.map(
      ({ site }) => html`<option value="${site.id}"${site.id === siteId && html` selected`}>${site.name}</option>`,
    )}</select></label>
    <button class="small" data-no-script>Show</button>
  </form>
  <label class="search" data-script hidden>Patient <input type="search" data-filter-visits autocomplete="off" placeholder="Part of a name"></label>
</div>`;
}

function siteSection({ site, columns }: SiteDay, date: string, now: Instant): Html {
  const cards = columns.flatMap(column => column.cards);
  const from = Math.min(OPENS, ...cards.map(({ view }) => Math.floor((view.start?.minutes ?? OPENS) / 60) * 60));
  const to = Math.max(
    CLOSES,
    ...cards.map(({ view }) => Math.ceil(((view.start?.minutes ?? 0) + view.minutes) / 60) * 60),
  );
  const hours = Array.from({ length: (to - from) / 60 }, (_, index) => from / 60 + index);
  const wall = localTime(now, site.zone);
  const line = wall.date === date && wall.minutes >= from && wall.minutes < to ? wall : undefined;
  return html`<section class="site" aria-labelledby="${site.id}">
  <h2 id="${site.id}">${site.name} <span class="zone">times in ${zoneName(`${date}T18:00:00Z`, site.zone)}</span></h2>
  <div class="grid" style="--length:${to - from};--columns:${columns.length}">
    <div class="hours" aria-hidden="true">${hours.map(hour => html`<span style="--at:${hour * 60 - from}">${hourName(hour)}</span>`)}</div>
    ${columns.map(column => columnSection(column, site.id, date, from))}
    ${line && html`<div class="line" style="--at:${line.minutes - from};--past:${line.minutes % 60}"><span>${line.clock.replace(/ [AP]M/, '')}</span></div>`}
  </div>
</section>`;
}

const hourName = (hour: number): string => `${hour % 12 || 12} ${hour % 24 < 12 ? 'AM' : 'PM'}`;

function columnSection({ name, clinician, cards }: Column, siteId: string, date: string, from: number): Html {
  const book = clinician && `/desk/book?date=${date}&clinician=${clinician.id}&site=${siteId}`;
  return html`<section class="column" aria-label="${name}">
    <div class="who"><h3>${name}</h3>${book && html`<a href="${book}" aria-label="Book with ${name}">+ Book</a>`}</div>
    <ol class="track"${book && html` data-book="${book}" data-from="${from}"`}>${cards.map(card => cardItem(card, from))}</ol>
    ${cards.length === 0 && html`<p class="empty free">No visits</p>`}
  </section>`;
}

function cardItem({ view, lane, lanes }: Card, from: number): Html {
  const { status } = view.appointment;
  const style = `--at:${(view.start?.minutes ?? 0) - from};--span:${view.minutes};--lane:${lane};--lanes:${lanes}`;
  const names = view.attendees.map(({ name }) => name).join(' ');
  return html`<li style="${style}" data-names="${names.toLowerCase()}">
    <a class="visit ${status}${view.minutes < 30 && ' short'}" href="/desk/visits/${view.appointment.id}">
      <span class="first"><time datetime="${view.appointment.start ?? ''}">${view.start && clockWords(view.start.clock)}</time> <b>${visitTitle(view)}</b></span>
      ${stateMark(view)}
      <span class="second"><span class="type">${view.typeName}</span>${badges(view).length > 0 && html`<span class="badges">${badges(view)}</span>`}</span>
    </a></li>`;
}

/** The half of the day stands apart: a short card has no room for it, and the hours beside the day say it too. */
const clockWords = (clock: string): Html => html`${clock.slice(0, -3)}<span class="half">${clock.slice(-3)}</span>`;

/** What differs from the ordinary, in a word: an ordinary booked visit needs no mark, a confirmed one a tick. */
function stateMark({ appointment, attendees }: VisitView): Html | false {
  if (appointment.status !== 'booked') return html`<span class="mark">${statusWord(appointment.status)}</span>`;
  const confirmed = attendees.length > 0 && attendees.every(one => one.confirmed);
  return (
    confirmed && html`<span class="mark"><span aria-hidden="true">✓</span><span class="unseen">confirmed</span></span>`
  );
}

export const badges = (view: VisitView): Html[] => [
  ...(view.isTelehealth ? [html` <span class="badge video">video</span>`] : []),
  ...(view.isConfidential ? [html` <span class="badge secret">confidential</span>`] : []),
  ...(view.isNew ? [html` <span class="badge">new patient</span>`] : []),
];

const waitingSection = (waiting: readonly VisitView[]): Html => html`<section class="panel" aria-labelledby="waiting">
  <h2 id="waiting">Asked for, without a time yet</h2>
  <ul class="plain">${waiting.map(
    view =>
      html`<li><a href="/desk/visits/${view.appointment.id}">${visitTitle(view)}</a> <span class="fine">${view.typeName}, ${view.clinicianName}</span></li>`,
  )}</ul>
</section>`;
