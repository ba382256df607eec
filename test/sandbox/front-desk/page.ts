import type { DemoClock } from '../demo-clock.ts';
import type { SandboxEhr } from '../ehr.ts';
import { type Faults, faultsOn, faultWords } from '../faults.ts';
import { doneSentence } from './done.ts';
import { type Html, html, type Part } from './html.ts';
import { localTime } from './local-time.ts';
import type { Passing } from './passing.ts';
import { countOpenTasks } from './task-view.ts';

/** What the desk needs of its surroundings. */
export type Demo = {
  clock: DemoClock;
  /** Lets that much time go by, with all that happens in it. */
  pass: (ms: number) => Promise<void>;
  /** How long a page waits for that before it comes and says that time is still passing. */
  patienceMs: number;
  /** Where the service explains what it sent about `Appointment/…` and why. */
  explainUrl(appointmentRef: string): string;
  /** Where the demonstration phone of `Patient/…` can be read and answered. */
  phoneUrl(patientRef: string): string;
};
export type DeskEhr = Pick<SandboxEhr, 'store' | 'faults' | 'tick'>;
export type Desk = { ehr: DeskEhr; demo: Demo; passing: Passing };

export type Page = {
  title: string;
  /** The entry of the menu this page belongs to; none of them for what is not there. */
  section: 'schedule' | 'patients' | 'tasks' | 'faults' | undefined;
  /** Where a push of the clock comes back to; never holds a name. */
  here: string;
  done?: string | undefined;
  problem?: string | undefined;
  body: Part;
};

const MENU = [
  ['schedule', '/desk', 'Schedule'],
  ['patients', '/desk/patients', 'Patients'],
  ['tasks', '/desk/tasks', 'Tasks'],
  ['faults', '/desk/faults', 'Faults'],
] as const;

const PUSHES = [
  ['15', '+15 min'],
  ['60', '+1 hour'],
  ['1440', '+1 day'],
] as const;

export async function page(desk: Desk, { title, section, here, done, problem, body }: Page): Promise<string> {
  const tasks = await countOpenTasks(desk.ehr.store);
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} · Front desk</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/desk/desk.css">
<script type="module" src="/desk/desk.js"></script>
</head>
<body>
<a class="skip" href="#main">Skip to the content</a>
<header class="bar">
  <p class="brand"><a href="/desk">Front desk</a> <span class="tag">Sandbox EHR</span></p>
  <nav aria-label="Main"><ul>${MENU.map(([id, url, name]) => menuItem(id === section, url, name, id === 'tasks' ? tasks : 0))}</ul></nav>
  ${clockPanel(desk, here)}
</header>
<main id="main" tabindex="-1">
${problem !== undefined && html`<div class="notice problem" role="alert" tabindex="-1" data-focus>${problem}</div>`}
${faultsNotice(desk.ehr.faults)}
${passingNotice(desk, here)}
<div role="status" class="status">${done !== undefined && html`<p class="notice success">${doneSentence(done)}</p>`}</div>
${body}
</main>
</body>
</html>`.text;
}

const menuItem = (isHere: boolean, url: string, name: string, open: number): Html =>
  html`<li><a href="${url}"${isHere && html` aria-current="page"`}>${name}${open > 0 && html` <span class="tag">${open}<span class="unseen"> open</span></span>`}</a></li>`;

function clockPanel({ demo, passing }: Desk, here: string): Html {
  const now = demo.clock.now();
  const riverside = localTime(now, 'America/Chicago');
  const mesa = localTime(now, 'America/Denver');
  return html`<form class="clock" method="post" action="/desk/clock" aria-label="Demo clock">
    <input type="hidden" name="back" value="${here}">
    <p><time datetime="${now}"><span class="demo-only">Demo time</span> <strong>${riverside.clock} ${riverside.zone}</strong>
      <span class="other">${mesa.clock} ${mesa.zone} · ${riverside.shortDay}</span></time></p>
    <p class="pushes">${PUSHES.map(([minutes, name]) => html`<button class="small" name="minutes" value="${minutes}"${passing.until !== undefined && html` disabled`}>${name}</button>`)}</p>
  </form>`;
}

/** Else a fault that was forgotten looks like a fault of the service. */
function faultsNotice(faults: Faults): Html | false {
  const on = faultsOn(faults).map(({ name, value }) => {
    const words = faultWords(name).toLowerCase();
    return value === true ? words : `${words} ${value}`;
  });
  return (
    on.length > 0 &&
    html`<p class="notice faulty">Faults are on: ${on.join(', ')}. <a href="/desk/faults">Faults</a></p>`
  );
}

/** Also without the script one sees how far the clock has come: by opening the page again. */
function passingNotice({ demo, passing }: Desk, here: string): Html | false {
  if (passing.failed)
    return html`<div class="notice problem" role="alert">Time stopped on its way: the service failed. Push the clock again.</div>`;
  if (passing.until === undefined) return false;
  const until = localTime(passing.until, 'America/Chicago');
  const now = localTime(demo.clock.now(), 'America/Chicago');
  return html`<div class="notice waiting" data-passing><p role="status">Time is passing, and the service does what falls due:
    it is <span data-passing-now>${now.shortDay}, ${now.clock}</span> on the way to ${until.shortDay}, ${until.clock} ${until.zone}.
    A slow or refusing EHR (Faults) makes this longer.</p>
    <p><a href="${here}">Look again</a></p></div>`;
}
