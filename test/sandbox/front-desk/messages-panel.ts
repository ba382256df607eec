import { type Html, html } from './html.ts';
import type { Messages, MessageView } from './messages-view.ts';

export function messagesPanel({ planned, said, unsaid }: Messages): Html {
  const nothing = planned.length + said.length + unsaid.length === 0;
  return html`<h2 id="messages">Messages</h2>
${nothing && html`<p class="empty">Nothing was said to this patient, and nothing is planned.</p>`}
${planned.length > 0 && html`<h3>Planned</h3>${list(planned)}`}
${said.length > 0 && html`<h3>Said and heard</h3>${list(said)}`}
${unsaid.length > 0 && html`<details><summary>Not sent (${unsaid.length})</summary>${list(unsaid)}</details>`}`;
}

const list = (messages: readonly MessageView[]): Html =>
  html`<ul class="messages">${messages.map(
    ({ at, what, words, why }) => html`<li>
    <p class="fine">${at && `${at.shortDay}, ${at.clock} ${at.zone} · `}${what}</p>
    ${words && html`<blockquote>${words}</blockquote>`}
    ${why && html`<p class="fine">${why}</p>`}</li>`,
  )}</ul>`;
