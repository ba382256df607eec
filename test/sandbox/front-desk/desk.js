/* The desk works without this file; it only saves clicks. Nothing typed here ever goes into an address. */

for (const element of document.querySelectorAll('[data-script]')) element.hidden = false;
for (const element of document.querySelectorAll('[data-no-script]')) element.hidden = true;

// A reload must not announce the same success again.
const address = new URL(location.href);
if (address.searchParams.has('done')) {
  address.searchParams.delete('done');
  history.replaceState(null, '', address);
}

// Screen readers speak what changes in a status, not what was there when the page came.
const said = document.querySelector('.status p');
if (said) setTimeout(() => said.replaceChildren(said.textContent), 150);

// A refused form sits at the address it was sent to; a reload should show the page, not send it again.
const problem = document.querySelector('[data-focus]');
if (problem) {
  problem.focus();
  history.replaceState(null, '', document.querySelector('.clock [name="back"]').value);
}

for (const form of document.querySelectorAll('form[data-auto-submit]'))
  form.addEventListener('change', () => form.reportValidity() && form.requestSubmit());

const plain = text => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
/** A number is found however it is written: (312) 555-0123 and 312.555.0123 are 3125550123. */
const matches = (text, wanted) =>
  plain(wanted)
    .split(/\s+/)
    .every(
      word =>
        plain(text).includes(word) ||
        (/^[\d().+/-]*\d[\d().+/-]*$/.test(word) && text.includes(word.replace(/\D/g, ''))),
    );

/** Shows what matches, says how many, and shows the empty state when nothing does. */
function filter(input, items, textOf, noun) {
  const count = document.querySelector('[data-count]');
  const before = count.textContent;
  input.addEventListener('input', () => {
    let shown = 0;
    for (const item of items) {
      item.hidden = !matches(textOf(item), input.value);
      if (!item.hidden) shown += 1;
    }
    count.textContent = input.value ? `${shown} of ${items.length} ${noun}` : before;
    document.querySelector('[data-no-match]').hidden = shown > 0 || items.length === 0;
  });
}

const visits = document.querySelector('[data-filter-visits]');
if (visits) filter(visits, [...document.querySelectorAll('[data-names]')], item => item.dataset.names, 'visits');

const rows = document.querySelector('[data-filter-rows]');
if (rows) filter(rows, [...document.querySelectorAll('tbody tr')], item => item.dataset.search, 'patients');

// A click on an empty place of a column books at that time; the keyboard has "+ Book" on top of each column.
const wide = matchMedia('(min-width: 56rem)');
for (const track of document.querySelectorAll('[data-book]'))
  track.addEventListener('click', event => {
    if (event.target !== track || !wide.matches) return;
    const minutes =
      (event.offsetY / track.clientHeight) * Number(track.closest('.grid').style.getPropertyValue('--length'));
    const at = Number(track.dataset.from) + Math.floor(minutes / 30) * 30;
    const time = `${String(Math.floor(at / 60)).padStart(2, '0')}:${String(at % 60).padStart(2, '0')}`;
    location.href = `${track.dataset.book}&time=${time}`;
  });

for (const picker of document.querySelectorAll('[data-picker]')) {
  const search = picker.querySelector('input');
  const list = picker.querySelector('select');
  const count = picker.querySelector('[data-picked]');
  const all = [...list.options];
  search.addEventListener('input', () => {
    const found = all.filter(option => matches(option.dataset.search, search.value));
    list.replaceChildren(...found);
    if (found.length === 1) found[0].selected = true;
    count.textContent = found.length === 1 ? 'One patient found, and chosen.' : `${found.length} patients found.`;
  });
  search.addEventListener('keydown', event => {
    if (event.key === 'Enter') event.preventDefault();
    if (event.key === 'ArrowDown' || event.key === 'Enter') list.focus();
  });
}

// A clinician works in one place: choosing the clinician chooses the place, which can still be changed after.
for (const select of document.querySelectorAll('select[name="clinician"]'))
  select.addEventListener('change', () => {
    const { site } = select.selectedOptions[0].dataset;
    if (site) select.form.elements.site.value = site;
  });

// While time passes the page says how far the clock has come, and comes anew once it is there; not under somebody's hands.
const passing = document.querySelector('[data-passing]');
let edited = false;
addEventListener('input', () => {
  edited = true;
});
async function watchTheClock() {
  try {
    const { passing: goesOn, now } = await (await fetch('/desk/clock')).json();
    const shown = passing.querySelector('[data-passing-now]');
    if (shown.textContent !== now) shown.textContent = now;
    if (!goesOn && !edited) return location.reload();
    if (!goesOn) return passing.querySelector('[role="status"]').replaceChildren('The clock is there.');
  } catch {
    // The demo was stopped, or is busy; the next look shows which.
  }
  setTimeout(watchTheClock, 1000);
}
if (passing) setTimeout(watchTheClock, 1000);

// A double click must not book twice.
for (const form of document.querySelectorAll('form[method="post"]'))
  form.addEventListener('submit', event => {
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = 'yes';
  });
addEventListener('pageshow', () => {
  for (const form of document.querySelectorAll('form')) delete form.dataset.sent;
});

// Left and right turn the day, as long as nothing is being typed.
document.addEventListener('keydown', event => {
  if (event.target.closest('input, select, textarea, details') || event.altKey || event.ctrlKey || event.metaKey)
    return;
  const rel = { ArrowLeft: 'prev', ArrowRight: 'next' }[event.key];
  if (rel) document.querySelector(`a[rel="${rel}"]`)?.click();
});
