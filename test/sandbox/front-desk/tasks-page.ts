import { hidden } from './fields.ts';
import { type Html, html } from './html.ts';
import type { Link, TaskView } from './task-view.ts';

export function tasksPage(tasks: readonly TaskView[]): Html {
  const open = tasks.filter(({ isOpen }) => isOpen);
  const ended = tasks.filter(({ isOpen }) => !isOpen);
  return html`
<div class="heading"><h1>Tasks</h1></div>
<p class="lead">What the service asks people to do: the most urgent first, then what is due soonest. Taking one or ending it is written into this EHR; the service learns of it when it next polls, within a minute.</p>
<p class="count">${open.length === 1 ? '1 open task' : `${open.length} open tasks`}</p>
${open.length === 0 ? html`<p class="empty">Nothing waits for anybody. Write something on one of the phones, and it will stand here.</p>` : taskList(open)}
${ended.length > 0 && html`<details class="ended"><summary>Ended (${ended.length})</summary>${taskList(ended)}</details>`}`;
}

/** On a page that is about one patient anyway, `isNamed` is false. */
export const taskList = (tasks: readonly TaskView[], isNamed = true): Html =>
  html`<ul class="tasks">${tasks.map(task => taskItem(task, isNamed))}</ul>
${tasks.some(({ isOpen }) => isOpen) && html`<p class="fine">Done is final: a task that has ended is not opened again.</p>`}`;

const STATUS_WORDS: Record<string, string> = {
  requested: 'open',
  accepted: 'taken',
  'in-progress': 'under way',
  'on-hold': 'on hold',
  completed: 'done',
  cancelled: 'withdrawn',
};

function taskItem(view: TaskView, isNamed: boolean): Html {
  const { task, patient, due, isLate, isOpen } = view;
  return html`<li class="panel task${isUrgent(view) && ' urgent'}">
  <div class="what">
    ${
      isNamed
        ? html`<h2>${patient ? html`<a href="${patient.url}">${patient.name}</a>` : 'Unknown sender'} ${tags(view)}</h2>`
        : html`<p>${tags(view)}</p>`
    }
    <p class="says">${view.says}</p>
    ${view.wrote && html`<blockquote>${view.wrote}</blockquote>`}
    <p class="fine">${[
      due &&
        html`<span${isLate && html` class="late"`}>${isLate ? 'was due' : 'due'} ${due.shortDay}, ${due.clock} ${due.zone}</span>`,
      ...view.visits.map(link),
      view.candidates.length > 0 && html`may be from ${separated(view.candidates.map(link), ', ')}`,
      task.owner?.display && `taken by ${task.owner.display}`,
      task.statusReason?.text,
    ]
      .filter(part => part !== undefined && part !== false && part !== '')
      .map((part, index) => html`${index > 0 && ' · '}${part}`)}</p>
  </div>
  ${isOpen && buttons(view)}
</li>`;
}

const isUrgent = ({ task }: TaskView): boolean => task.priority !== undefined && task.priority !== 'routine';

const tags = (
  view: TaskView,
): Html => html`${isUrgent(view) && html`<span class="tag secret">${view.task.priority}</span> `}<span
  class="tag state ${view.isTaken ? 'arrived' : 'booked'}">${STATUS_WORDS[view.task.status] ?? view.task.status}</span>`;

const link = ({ name, url }: Link): Html => html`<a href="${url}">${name}</a>`;

const separated = (parts: readonly Html[], between: string): Html[] =>
  parts.map((part, index) => html`${index > 0 && between}${part}`);

function buttons({ task, isTaken, patient, says }: TaskView): Html {
  const name = `${patient?.name ?? 'Unknown sender'}: ${says}`;
  return html`<form method="post" action="/desk/tasks/${task.id}" class="marks">
    ${hidden('version', task.meta?.versionId ?? '')}
    ${!isTaken && html`<button name="act" value="take" aria-label="Take: ${name}">Take</button>`}
    <button class="primary" name="act" value="done" aria-label="Done: ${name}">Done</button>
  </form>`;
}
