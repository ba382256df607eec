import type { PhoneEntry } from '../../channels/phone/store.ts';
import { countSegments } from '../../domain/text/segments.ts';
import { type Html, html, link, withLinks } from './html.ts';
import type { PhoneLine } from './lines.ts';
import { localMoment } from './when.ts';

/** The messages of one line, oldest first, a heading before each new day. */
export function thread(line: PhoneLine, practiceName: string): Html {
  const moments = line.entries.map(entry => localMoment(entry.at, line.timeZone));
  return html`${line.entries.map((entry, index) => {
    const { day, time } = moments[index]!;
    const newDay = day !== moments[index - 1]?.day && html`<p class="day">${day}</p>`;
    return html`<li data-id="${entry.id}" class="message ${entry.writtenBy} ${entry.medium}${!entry.delivered && ' lost'}">
${newDay}${entry.medium === 'sms' ? bubble(entry) : letter(entry, practiceName)}
<p class="note"><span class="aside">${entry.writtenBy === 'practice' ? `From ${practiceName}, ` : 'Answer, '}</span>${time}${note(entry)}</p>
</li>`;
  })}`;
}

const bubble = (entry: PhoneEntry): Html => html`<p class="words" dir="auto">${withLinks(entry.body)}</p>`;

const letter = (entry: PhoneEntry, practiceName: string): Html => html`<article class="words">
<header><h2 dir="auto">${entry.subject ?? (entry.writtenBy === 'practice' ? '(no subject)' : 'Answer')}</h2>
<p>${entry.writtenBy === 'practice' ? `${practiceName} <${entry.from}>` : entry.from}</p></header>
<p class="body" dir="auto">${withLinks(entry.body)}</p>
${entry.unsubscribeUrl && html`<p class="unsubscribe">${link(entry.unsubscribeUrl, 'Unsubscribe')}</p>`}
</article>`;

function note(entry: PhoneEntry): string {
  if (!entry.delivered) return ' · not delivered';
  if (entry.medium !== 'sms' || entry.writtenBy === 'patient') return '';
  const { segments } = countSegments(entry.body);
  return ` · ${segments} ${segments === 1 ? 'segment' : 'segments'}`;
}
