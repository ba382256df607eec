// Spares the reloading: asks every two seconds what is new, sends answers in place, finds people while typing.
// Everything here has a way without it.
const POLL_MS = 2000;
const people = document.getElementById('people');
const messages = document.getElementById('messages');
const log = document.querySelector('.log');
const form = document.getElementById('answer');
const field = document.getElementById('search-field');

const scrollDown = () => log?.scrollTo({ top: log.scrollHeight });
const atBottom = () => log && log.scrollHeight - log.scrollTop - log.clientHeight < 80;

/** Adds only what is new, so that a screen reader hears only that. A first message of a day brings its heading. */
function addMessages(text) {
  const template = document.createElement('template');
  template.innerHTML = text;
  const follow = atBottom();
  const known = new Map([...messages.children].map(item => [item.dataset.id, item]));
  let next = null;
  // From the end, so that a message that was recorded late still finds its place.
  for (const item of [...template.content.children].reverse()) {
    next = known.get(item.dataset.id) ?? messages.insertBefore(item, next);
  }
  document.getElementById('no-messages').hidden = messages.children.length > 0;
  if (follow) scrollDown();
}

let shownPeople = '';
/** Not while somebody walks through the list with the keyboard: replacing it would throw them out. */
function showPeople(text) {
  if (text === shownPeople || people.contains(document.activeElement)) return;
  shownPeople = text;
  people.innerHTML = text;
  findPeople();
}

/** A number is found however it is written. */
function isFound(text, wanted) {
  const isNumber = /^[\d\s().+/-]*\d[\d\s().+/-]*$/.test(wanted);
  return text.includes(wanted) || (isNumber && text.includes(wanted.replace(/\D/g, '')));
}

function findPeople() {
  const wanted = field.value.trim().toLowerCase();
  let shown = 0;
  for (const item of people.children) {
    item.hidden = !isFound(item.dataset.search ?? '', wanted);
    if (!item.hidden) shown += 1;
  }
  document.getElementById('nobody').hidden = shown > 0;
}

async function refresh() {
  const response = await fetch(document.body.dataset.live);
  if (!response.ok) return;
  const live = await response.json();
  showPeople(live.people);
  if (messages) addMessages(live.messages);
}

async function poll() {
  if (!document.hidden) await refresh().catch(() => {});
  setTimeout(poll, POLL_MS);
}

async function sendAnswer(event) {
  event.preventDefault();
  const problem = document.getElementById('problem');
  problem.textContent = '';
  const body = new URLSearchParams(new FormData(form, event.submitter));
  try {
    const response = await fetch(form.action, { method: 'POST', body });
    if (!response.ok)
      throw new Error(
        response.status === 400 ? 'There is nothing to send.' : 'The answer was not taken. Please try again.',
      );
    if (!body.has('quick')) form.reset();
    await refresh();
    scrollDown();
  } catch (error) {
    problem.textContent = error instanceof TypeError ? 'The service cannot be reached.' : error.message;
  }
}

field.parentElement.hidden = false;
field.addEventListener('input', findPeople);
form?.addEventListener('submit', sendAnswer);
form?.elements.body.addEventListener('keydown', event => {
  if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) form.requestSubmit();
});
// Who was opened by an address may stand far down in the list.
people.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest' });
scrollDown();
setTimeout(poll, POLL_MS);
