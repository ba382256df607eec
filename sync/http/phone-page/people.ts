import { type Html, html } from './html.ts';
import { newestFirst, type PhoneLine, type PhoneOwner } from './lines.ts';

interface Row {
  name: string;
  line: PhoneLine;
  count: number;
  /** The newest message, for the order and the preview. */
  newest: PhoneLine['entries'][number] | undefined;
  shared: boolean;
  current: boolean;
  /** What the search field looks through. */
  search: string;
}

/** One row for each person and for each line without one; whoever has the newest message comes first. */
export function people(
  owners: readonly PhoneOwner[],
  lines: readonly PhoneLine[],
  base: string,
  current?: PhoneLine,
): Html {
  const rows = [
    ...owners.flatMap(owner =>
      rowFor(
        owner.name,
        lines.filter(line => line.owners.includes(owner)),
        current,
      ),
    ),
    ...lines.filter(line => line.owners.length === 0).flatMap(line => rowFor(line.address, [line], current)),
  ];
  rows.sort((a, b) => (b.newest?.at ?? '').localeCompare(a.newest?.at ?? '') || a.name.localeCompare(b.name));
  if (rows.length === 0) return html`<li class="empty">There is nobody in the chart yet.</li>`;
  return html`${rows.map(row => personRow(row, base))}`;
}

/** A person opens at the line where they were last written to. Nobody without an address has a phone. */
function rowFor(name: string, lines: PhoneLine[], current: PhoneLine | undefined): Row[] {
  const line = newestFirst(lines)[0];
  if (!line) return [];
  return [
    {
      name,
      line,
      count: lines.reduce((sum, each) => sum + each.entries.length, 0),
      newest: line.entries.at(-1),
      shared: lines.some(each => each.owners.length > 1),
      current: lines.some(each => each.id === current?.id),
      search: [name, ...lines.map(each => each.address)].join(' ').toLowerCase(),
    },
  ];
}

const personRow = (row: Row, base: string): Html => html`<li data-search="${row.search}">
<a class="person" href="${base}/lines/${row.line.id}"${row.current && html` aria-current="page"`}>
<span class="name">${row.name}</span>${row.shared && html` <span class="tag">shared</span>`}
${row.count > 0 && html`<span class="count">${row.count}<span class="aside"> ${row.count === 1 ? 'message' : 'messages'}</span></span>`}
<span class="preview" dir="auto">${row.newest ? shorten(row.newest.subject ?? row.newest.body) : 'No messages yet'}</span>
</a></li>`;

const shorten = (words: string): string => (words.length > 80 ? `${Array.from(words).slice(0, 79).join('')}…` : words);
