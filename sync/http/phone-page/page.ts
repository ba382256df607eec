import { type Html, html } from './html.ts';
import { linesBeside, namesOf, type PhoneLine } from './lines.ts';
import { knownZone } from './when.ts';

export interface PageParts {
  base: string;
  practiceName: string;
  people: Html;
  line?: PhoneLine;
  lines: readonly PhoneLine[];
  thread?: Html;
  /** What was wrong with the other number, and what it was. */
  problem?: { sentence: string; typed: string } | undefined;
}

/** The whole document. Works without the script: links open, the form posts; the script only spares the reloading. */
export function page(parts: PageParts): string {
  const { base, practiceName, line } = parts;
  return `<!doctype html>\n${
    html`<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${line ? `${namesOf(line)} · ` : ''}Phone · ${practiceName}</title>
<link rel="stylesheet" href="${base}/phone.css">
<script src="${base}/phone.js" defer></script>
</head>
<body class="${line ? 'open' : 'closed'}" data-live="${base}/live${line && `?line=${line.id}`}">
${line ? html`<a class="skip" href="#conversation">Skip to the conversation</a>` : html`<a class="skip" href="#stranger">Skip the list</a>`}
<main>
<nav aria-labelledby="people-title">
<header>
${line ? html`<h2 class="title" id="people-title">Phones</h2>` : html`<h1 class="title" id="people-title">Phones</h1>`}
<p>What patients of ${practiceName} see. A demonstration: nothing leaves this machine.</p>
<p id="search" hidden><label for="search-field">Find a person or a number</label><input id="search-field" type="search" autocomplete="off"></p>
</header>
<p class="empty" id="nobody" role="status" hidden>Nobody here has that name or number. A number that is in no chart can be written from below.</p>
<ul id="people">${parts.people}</ul>
${strangerForm(parts)}
</nav>
<div class="screen">${line ? phone(line, parts) : html`<p class="hint">Choose somebody to see their phone.</p>`}</div>
</main>
</body>
</html>`.text
  }\n`;
}

const phone = (
  line: PhoneLine,
  { base, practiceName, lines, thread }: PageParts,
): Html => html`<section class="phone" aria-labelledby="phone-title">
<header>
<a class="back" href="${base}/">All phones</a>
<h1 id="phone-title">${namesOf(line)}</h1>
<p>${line.address}</p>
${line.owners.length > 1 && html`<p class="shared">${line.owners.length} people share this ${line.medium === 'sms' ? 'number' : 'address'}.</p>`}
${tabs(line, linesBeside(line, lines), base)}
</header>
<div class="log" id="conversation" role="log" aria-label="Messages" tabindex="0"><ol id="messages">${thread}</ol>
<p class="hint" id="no-messages"${line.entries.length > 0 && html` hidden`}>No messages yet.</p></div>
${answerForm(line, base)}
<footer>Times are those of ${knownZone(line.timeZone).replaceAll('_', ' ')}. Answers go to ${practiceName}.</footer>
</section>`;

const strangerForm = ({
  base,
  problem,
}: PageParts): Html => html`<form class="stranger" method="post" action="${base}/lines">
<label for="stranger">Write from another number</label>
<div class="row"><input id="stranger" name="number" type="tel" autocomplete="off" required placeholder="312-555-0142"${problem && html` value="${problem.typed}" aria-invalid="true" aria-describedby="stranger-problem" autofocus`}>
<button type="submit">Open</button></div>
${problem && html`<p class="problem" id="stranger-problem" role="alert">${problem.sentence}</p>`}
</form>`;

const tabs = (line: PhoneLine, beside: PhoneLine[], base: string): Html | false =>
  beside.length > 1 &&
  html`<ul class="tabs" aria-label="Numbers and addresses">${beside.map(
    other => html`<li><a href="${base}/lines/${other.id}"${other.id === line.id && html` aria-current="true"`}>${other.medium === 'sms' ? 'Texts' : 'E-mail'}
<span class="aside">${other.address}</span>${tabDetail(other, beside)}</a></li>`,
  )}</ul>`;

/** What tells this line from the others beside it: whose it is, or, for a second number, how it ends. */
function tabDetail(line: PhoneLine, beside: PhoneLine[]): Html | undefined {
  const details = [
    beside.some(other => other.owners.length > line.owners.length) && namesOf(line),
    beside.some(other => other !== line && other.medium === line.medium) && `…${line.address.slice(-4)}`,
  ].filter(Boolean);
  return details.length > 0 ? html` <small>${details.join(' ')}</small>` : undefined;
}

/** The words most often sent to a practice, for showing and for testing by hand. */
const QUICK = ['C', 'R', 'STOP'];

const answerForm = (
  line: PhoneLine,
  base: string,
): Html => html`<form id="answer" method="post" action="${base}/lines/${line.id}">
<label for="words">Answer${line.owners.length === 1 && ` as ${line.owners[0]!.name}`}</label>
<div class="row"><textarea id="words" name="body" rows="${line.medium === 'sms' ? 2 : 4}" maxlength="${line.medium === 'sms' ? 1600 : 20000}" required></textarea>
<button type="submit">Send</button></div>
${line.medium === 'sms' && html`<div class="quick" role="group" aria-label="Quick answers">${QUICK.map(word => html`<button type="submit" name="quick" value="${word}" formnovalidate>${word}</button>`)}</div>`}
<p class="problem" id="problem" role="alert"></p>
</form>`;
