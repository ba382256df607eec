import type { Appointment, Bundle, Communication, Patient, Resource, Task } from '@medplum/fhirtypes';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type DemoClock, openDemoClock } from './demo-clock.ts';
import { openSandboxEhr, type SandboxEhr } from './ehr.ts';
import { frontDesk } from './front-desk/front-desk.ts';
import { type Listening, listen } from './listen.ts';
import { seed } from './practice/seed.ts';

const NOW = '2026-11-18T16:40:00.000Z';
const ANA = 'appointment-ana-reyes';
let ehr: SandboxEhr;
let server: Listening;
let clock: DemoClock;
let before: Appointment;
const atOnce = async (ms: number): Promise<void> => void clock.advance(ms);
let passing = atOnce;

beforeAll(async () => {
  clock = openDemoClock({ base: () => NOW });
  ehr = await openSandboxEhr({ clock: clock.now, baseUrl: () => `${server.url}/fhir` });
  const demo = {
    clock,
    pass: (ms: number) => passing(ms),
    patienceMs: 0,
    explainUrl: (ref: string) => `/explain/${ref}`,
    phoneUrl: (ref: string) => `/phone/${ref}`,
  };
  const desk = frontDesk(ehr, demo);
  ehr.app.use('/desk', desk.router);
  ehr.app.use(desk.nothingHere);
  server = await listen(ehr.app);
  await seed(ehr.store, NOW);
  before = await ehr.store.read('Appointment', ANA);
});
afterAll(async () => {
  await ehr.stop();
  await server.close();
});
/** Every story starts from Ana's visit as it was seeded; its versions count on. */
beforeEach(async () => {
  before = await ehr.store.update(before);
});

const visit = (id = ANA): Promise<Appointment & { id: string }> => ehr.store.read('Appointment', id);
const patient = (id: string): Promise<Patient & { id: string }> => ehr.store.read('Patient', `patient-${id}`);
const versionOf = (resource: Resource): string => resource.meta?.versionId ?? '';
const open = (path: string): Promise<Response> => fetch(server.url + path);
const text = async (path: string): Promise<string> => (await open(path)).text();
const send = (path: string, form: Record<string, string>, headers = {}): Promise<Response> =>
  fetch(server.url + path, { method: 'POST', body: new URLSearchParams(form), redirect: 'manual', headers });
const press = async (what: string, form: Record<string, string>): Promise<Response> =>
  send(`/desk/visits/${ANA}/${what}`, { version: versionOf(await visit()), ...form });
const change = async (id: string, what: string, form: Record<string, string>): Promise<Response> =>
  send(`/desk/patients/patient-${id}/${what}`, { version: versionOf(await patient(id)), ...form });
const alertIn = (page: string): string => /role="alert"[^>]*>([^<]*)/.exec(page)?.[1] ?? '';

const BOOKING = {
  patient: 'patient-celeste-moreau',
  clinician: 'practitioner-vega',
  site: 'location-mesa',
  date: '2026-12-01',
  time: '09:30',
  type: 'check-up',
};
const MOVE = { date: '2026-11-24', time: '15:10', clinician: 'practitioner-okafor', site: 'location-riverside' };

describe('the schedule', () => {
  it('shows the day of the demo, each location in its own time', async () => {
    const page = await text('/desk');
    expect(page).toContain('Wednesday, November 18, 2026');
    expect(page).toContain('times in CST');
    expect(page).toContain('times in MST');
    expect(page).toMatch(/10:40 AM CST[\s\S]*9:40 AM MST/);
  });

  it('shows a visit on its local day with its local time', async () => {
    const page = await text('/desk?day=2026-11-20');
    expect(page).toMatch(/10:00<span class="half"> AM<\/span><\/time> <b>Ana Reyes/);
  });

  it('narrows to one location', async () => {
    const page = await text('/desk?day=2026-11-20&site=location-mesa');
    expect(page).toContain('Victor Sandoval');
    expect(page).not.toContain('Ana Reyes');
  });

  it.each(['2026-02-30', 'tomorrow', '<script>'])('answers the day %s with today and a sentence', async day => {
    const page = await text(`/desk?day=${encodeURIComponent(day)}`);
    expect(alertIn(page)).toBe('That is not a day of the calendar; here is today.');
    expect(page).toContain('Wednesday, November 18, 2026');
  });

  it('says so when a day is empty', async () => {
    expect(await text('/desk?day=2026-11-22')).toContain('No visits on this day.');
  });

  it('has no patient name in any address', async () => {
    const hrefs = [...(await text('/desk')).matchAll(/href="([^"]*)"/g)].map(([, href]) => href);
    expect(hrefs.filter(href => /name=|Reyes/i.test(href ?? ''))).toEqual([]);
  });
});

describe('a visit', () => {
  it('leads to what was sent and to the phone', async () => {
    const page = await text(`/desk/visits/${ANA}`);
    expect(page).toContain(`href="/explain/Appointment/${ANA}"`);
    expect(page).toContain('href="/phone/Patient/patient-ana-reyes"');
  });

  it('moves as the same record, and the patient has to agree anew', async () => {
    const answer = await press('move', { ...MOVE, how: 'same' });
    expect([answer.status, answer.headers.get('location')]).toEqual([303, `/desk/visits/${ANA}?done=moved`]);
    expect(await visit()).toMatchObject({
      status: 'booked',
      start: '2026-11-24T21:10:00.000Z',
      end: '2026-11-24T21:30:00.000Z',
      participant: [{ status: 'needs-action' }, { actor: { reference: 'Practitioner/practitioner-okafor' } }, {}],
    });
  });

  it('moves to another clinician in another zone', async () => {
    await press('move', { ...MOVE, clinician: 'practitioner-vega', site: 'location-mesa', how: 'same' });
    const moved = await visit();
    expect(moved.start).toBe('2026-11-24T22:10:00.000Z');
    expect(moved.participant.map(({ actor }) => actor?.reference)).toEqual([
      'Patient/patient-ana-reyes',
      'Practitioner/practitioner-vega',
      'Location/location-mesa',
    ]);
  });

  it('moves by cancelling and rebooking, without a link between the two', async () => {
    const answer = await press('move', { ...MOVE, how: 'rebook' });
    const id = /visits\/([^?]+)/.exec(answer.headers.get('location') ?? '')?.[1] ?? '';
    expect(id).not.toBe(ANA);
    expect(await visit()).toMatchObject({ status: 'cancelled', start: before.start });
    const next = await visit(id);
    expect(next).toMatchObject({ status: 'booked', start: '2026-11-24T21:10:00.000Z', created: NOW });
    expect(next.serviceType).toEqual(before.serviceType);
    expect(JSON.stringify(next)).not.toContain(ANA);
  });

  it('keeps a specialist who is only a name', async () => {
    const id = 'appointment-specialist-referral-01';
    const form = { ...MOVE, clinician: 'keep', how: 'same', version: versionOf(await visit(id)) };
    expect((await send(`/desk/visits/${id}/move`, form)).status).toBe(303);
    expect((await visit(id)).participant.map(({ actor }) => actor?.display)).toContain(
      'Dr. Hugo Stern, Lakeside Cardiology',
    );
  });

  it('is cancelled with who and why, and restored without', async () => {
    await press('cancel', { reason: 'oth-weath' });
    expect(await visit()).toMatchObject({
      status: 'cancelled',
      cancelationReason: { coding: [{ code: 'oth-weath' }] },
    });
    await press('mark', { mark: 'restored' });
    const restored = await visit();
    expect(restored.status).toBe('booked');
    expect(restored.cancelationReason).toBeUndefined();
  });

  const EARLY_ARRIVAL = 'a patient can be marked as arrived from an hour before';
  it.each([
    ['arrived', '2026-11-18T17:40:00.000Z', 'booked', undefined],
    ['arrived', '2026-11-18T17:41:00.000Z', 'booked', EARLY_ARRIVAL],
    ['noshow', NOW, 'booked', undefined],
    ['noshow', '2026-11-18T16:41:00.000Z', 'booked', 'as a no-show once it should have begun'],
    ['fulfilled', NOW, 'booked', undefined],
    ['fulfilled', '2026-11-18T16:41:00.000Z', 'arrived', undefined],
    ['fulfilled', '2026-11-18T16:41:00.000Z', 'booked', 'done only once the patient has arrived'],
  ] as const)('is marked %s when that can be: for %s, %s', async (mark, start, status, refusal) => {
    const end = new Date(Date.parse(start) + 20 * 60_000).toISOString();
    await ehr.store.update({ ...before, status, start, end });
    const answer = await press('mark', { mark });
    expect(answer.status).toBe(refusal ? 422 : 303);
    expect(alertIn(await answer.text())).toContain(refusal ?? '');
    expect((await visit()).status).toBe(refusal ? status : mark);
  });

  it('is deleted only when the person is sure', async () => {
    const refused = await press('delete', {});
    expect([refused.status, alertIn(await refused.text())]).toEqual([422, 'Tick “Yes, delete this record” first.']);
    expect((await visit()).status).toBe('booked');
    expect((await press('delete', { sure: 'yes' })).headers.get('location')).toBe('/desk?day=2026-11-20&done=deleted');
    expect((await fetch(`${server.url}/fhir/Appointment/${ANA}`)).status).toBe(410);
    expect((await open(`/desk/visits/${ANA}`)).status).toBe(410);
  });

  it.each(['move', 'cancel', 'mark', 'delete'])('is not changed over somebody else’s change: %s', async what => {
    const form = { ...MOVE, how: 'rebook', reason: 'pat', mark: 'restored', sure: 'yes', version: versionOf(before) };
    const changed = await ehr.store.update({ ...before, comment: 'changed elsewhere' });
    const count = (await ehr.store.search('Appointment')).length;
    const answer = await send(`/desk/visits/${ANA}/${what}`, form);
    const page = await answer.text();
    expect(answer.status).toBe(409);
    expect(alertIn(page)).toContain('Somebody else changed this visit after you opened it');
    expect(page).toContain(`name="version" value="${versionOf(changed)}"`);
    expect(await visit()).toEqual(changed);
    expect(await ehr.store.search('Appointment')).toHaveLength(count);
  });

  it.each([
    [
      'a time gone by',
      { date: '2026-11-18', time: '10:40' },
      'That time has passed: at Riverside Clinic it is 10:40 AM CST',
    ],
    ['a skipped hour', { date: '2027-03-14', time: '02:30' }, 'At Riverside Clinic the clocks skip 02:30 on that day.'],
    ['no date', { date: '' }, 'Choose a date.'],
    ['no day of the calendar', { date: '2026-02-30' }, 'The date must be one of the calendar'],
    ['no time of the clock', { time: '25:99' }, 'The time must be one of the clock'],
    ['an unknown clinician', { clinician: 'practitioner-nobody' }, 'Choose a clinician of this practice.'],
    ['an unknown location', { site: 'location-moon' }, 'Choose a location of this practice.'],
  ])(
    'refuses to move to %s with a sentence, and keeps what was typed',
    async (_, wrong: Partial<typeof MOVE>, sentence) => {
      const answer = await press('move', { ...MOVE, ...wrong, how: 'same' });
      const page = await answer.text();
      expect(answer.status).toBe(422);
      expect(alertIn(page)).toContain(sentence);
      expect(page).toContain(`value="${wrong.date ?? MOVE.date}"`);
      expect(page).toContain(`value="${wrong.time ?? MOVE.time}"`);
      expect((await visit()).start).toBe(before.start);
    },
  );

  it('takes the first of the two hours when clocks fall back', async () => {
    await press('move', { ...MOVE, date: '2027-11-07', time: '01:30', how: 'same' });
    expect((await visit()).start).toBe('2027-11-07T06:30:00.000Z');
  });

  it.each([
    '/desk/visits/no-such-visit',
    '/desk/visits/no-such-visit/mark',
    '/desk/patients/nobody',
    '/desk/nowhere',
    '/nowhere',
    '/deskk',
  ])('answers %s with a page that leads back', async path => {
    const accept = { accept: 'text/html' };
    const answer = path.endsWith('mark')
      ? await send(path, { mark: 'arrived' }, accept)
      : await fetch(server.url + path, { headers: accept });
    expect(answer.status).toBe(404);
    expect(answer.headers.get('content-security-policy')).toContain("script-src 'self'");
    const page = await answer.text();
    expect(page).toMatch(/<h1>There is nothing here<\/h1>[\s\S]*href="\/desk">To the schedule/);
    expect(page).not.toContain('aria-current');
  });

  it('answers a program with JSON where nothing is', async () => {
    const answer = await fetch(`${server.url}/nowhere`, { headers: { accept: 'application/json' } });
    expect([answer.status, await answer.json()]).toEqual([404, { error: 'There is nothing here.' }]);
  });
});

describe('booking', () => {
  it('makes an Appointment in the local time of the place', async () => {
    const answer = await send('/desk/book', BOOKING);
    const id = /visits\/(.+)\?done=booked/.exec(answer.headers.get('location') ?? '')?.[1] ?? '';
    expect(await visit(id)).toMatchObject({
      status: 'booked',
      start: '2026-12-01T16:30:00.000Z',
      end: '2026-12-01T17:00:00.000Z',
      appointmentType: { coding: [{ code: 'CHECKUP' }] },
      serviceCategory: [{ coding: [{ code: 'in-person' }] }],
      participant: [
        { actor: { reference: 'Patient/patient-celeste-moreau' }, status: 'needs-action' },
        { actor: { reference: 'Practitioner/practitioner-vega' }, status: 'accepted' },
        { actor: { reference: 'Location/location-mesa' }, status: 'accepted' },
      ],
    });
    expect(await text(`/desk/visits/${id}?done=booked`)).toContain('The visit is booked.');
  });

  it('books telehealth with a link, and a new patient', async () => {
    const answer = await send('/desk/book', { ...BOOKING, telehealth: 'yes', new: 'yes' });
    const made = await visit(/visits\/(.+)\?/.exec(answer.headers.get('location') ?? '')?.[1]);
    expect(made.extension?.[0]?.valueUrl).toMatch(/^https:\/\/video\.riverside\.example\/v\/[\w-]{36}$/);
    expect(made.serviceCategory?.[0]?.coding?.[0]?.code).toBe('telehealth');
    expect(made.appointmentType?.coding?.map(({ code }) => code)).toEqual(['CHECKUP', 'new-patient']);
  });

  it('asks for everything that is missing, and keeps the rest', async () => {
    const count = (await ehr.store.search('Appointment')).length;
    const answer = await send('/desk/book', { ...BOOKING, patient: '', date: '' });
    const page = await answer.text();
    expect(answer.status).toBe(422);
    expect(alertIn(page)).toContain('Choose a date. ');
    expect(alertIn(page)).toContain('Choose a patient.');
    expect(page).toMatch(/value="practitioner-vega"[^>]* selected/);
    expect(page).toContain('value="09:30"');
    expect(await ehr.store.search('Appointment')).toHaveLength(count);
  });

  it.each([
    ['patient', 'patient-nobody', 'Choose a patient of this practice.'],
    ['type', 'surgery', 'Choose a type of visit.'],
  ])('refuses an unknown %s', async (field, value, sentence) => {
    const answer = await send('/desk/book', { ...BOOKING, [field]: value });
    expect([answer.status, alertIn(await answer.text())]).toEqual([422, sentence]);
  });

  it('is the newest thing in the history that clients poll', async () => {
    const answer = await send('/desk/book', BOOKING);
    const history = (await (await fetch(`${server.url}/fhir/Appointment/_history?_count=1`)).json()) as Bundle;
    expect(answer.headers.get('location')).toBe(`/desk/visits/${history.entry?.[0]?.resource?.id}?done=booked`);
  });
});

describe('a patient', () => {
  it('is found by name, by phone number however it is written, and by record number', async () => {
    for (const path of ['/desk/patients', '/desk/book']) {
      const found = /data-search="([^"]*Ana Reyes[^"]*)"/.exec(await text(path))?.[1];
      for (const words of [' 13125550123', 'R-10', 'patient-ana-reyes']) expect(found, path).toContain(words);
    }
  });

  it('is shown with the guardian and with what was refused', async () => {
    expect(await text('/desk/patients/patient-noah-whitfield')).toContain('Peter Whitfield, father, +13125550103');
    expect(await text('/desk/patients/patient-kelly-brennan')).toContain('no to sms');
  });

  it('gets another mobile number, and loses it', async () => {
    await change('nadia-haddad', 'phone', { phone: '(312) 555-0177' });
    expect((await patient('nadia-haddad')).telecom).toEqual([
      { system: 'phone', use: 'mobile', value: '+13125550177' },
    ]);
    await change('nadia-haddad', 'phone', { phone: ' ' });
    expect((await patient('nadia-haddad')).telecom).toBeUndefined();
  });

  it('gets a first mobile number beside the old one', async () => {
    await change('victor-sandoval', 'phone', { phone: '303-555-0178' });
    expect((await patient('victor-sandoval')).telecom).toMatchObject([{ use: 'mobile' }, { use: 'old' }]);
  });

  it.each(['12', 'call me', '312-555-0177 x3'])('keeps the number when %s is typed', async phone => {
    const was = await patient('kelly-brennan');
    const answer = await change('kelly-brennan', 'phone', { phone });
    const page = await answer.text();
    expect([answer.status, alertIn(page)]).toEqual([422, expect.stringContaining('This is not a mobile number.')]);
    expect(page).toContain(`value="${phone}"`);
    expect(await patient('kelly-brennan')).toEqual(was);
  });

  it('is marked as deceased when the person is sure, and not', async () => {
    const refused = await change('minh-tran', 'deceased', { deceased: 'yes' });
    const page = await refused.text();
    expect([refused.status, alertIn(page)]).toEqual([422, 'Tick “Yes, this patient has died” first.']);
    expect(page).toMatch(/<details open><summary>Mark as deceased/);
    expect((await patient('minh-tran')).deceasedBoolean).toBeUndefined();
    await change('minh-tran', 'deceased', { deceased: 'yes', sure: 'yes' });
    expect((await patient('minh-tran')).deceasedBoolean).toBe(true);
    await change('minh-tran', 'deceased', { deceased: 'no' });
    expect((await patient('minh-tran')).deceasedBoolean).toBeUndefined();
  });

  it('is merged into another record', async () => {
    await change('oscar-feld', 'merge', { into: 'patient-george-papas' });
    expect(await patient('oscar-feld')).toMatchObject({
      active: false,
      link: [{ other: { reference: 'Patient/patient-george-papas' }, type: 'replaced-by' }],
    });
  });

  it.each([
    ['patient-samuel-ito', 'A record cannot be merged into itself.'],
    ['patient-margaret-odonnell-old', 'That record was itself merged into another.'],
    ['', 'Choose the record that stays.'],
  ])('is not merged into "%s"', async (into, sentence) => {
    const answer = await change('samuel-ito', 'merge', { into });
    expect([answer.status, alertIn(await answer.text())]).toEqual([422, expect.stringContaining(sentence)]);
    expect((await patient('samuel-ito')).active).toBe(true);
  });
});

describe('what comes from outside', () => {
  const EVIL = '<img src=x onerror=alert(1)>';

  it('is text on every page, whatever it says', async () => {
    const evil = await ehr.store.update({
      ...(await patient('walter-simms')),
      name: [{ family: EVIL, given: ['"&\''] }],
    });
    const on = await ehr.store.search('Appointment', `patient=Patient/${evil.id}`);
    const day = on[0]?.start?.slice(0, 10);
    const pages = [
      `/desk?day=${day}`,
      '/desk/patients',
      '/desk/book',
      `/desk/patients/${evil.id}`,
      `/desk/visits/${on[0]?.id}`,
    ];
    for (const path of pages) {
      const page = await text(path);
      expect(page, path).toContain('&quot;&amp;&#39; &lt;img src=x onerror=alert(1)&gt;');
      expect(page, path).not.toContain('<img');
    }
  });

  it('is text in a form that comes back', async () => {
    const page = await (await send('/desk/book', { ...BOOKING, date: `"><script>` })).text();
    expect(page).not.toContain('"><script>');
  });

  it.each(['/desk', '/desk/patients'])('may bring no script to %s', async path => {
    expect((await open(path)).headers.get('content-security-policy')).toContain("script-src 'self'");
  });

  it('may not press buttons from another site', async () => {
    const answer = await send('/desk/clock', { minutes: '60' }, { 'Sec-Fetch-Site': 'cross-site' });
    expect([answer.status, clock.offsetMs()]).toEqual([403, 0]);
  });

  it('may not name a field twice', async () => {
    const body = new URLSearchParams([...Object.entries(BOOKING), ['patient', 'patient-ana-reyes']]);
    const answer = await fetch(`${server.url}/desk/book`, { method: 'POST', body });
    expect(answer.status).toBe(422);
  });
});

describe('the faults', () => {
  it('are set and taken back, and do not hold up the desk', async () => {
    await send('/desk/faults', {
      dropNotifications: 'yes',
      serverErrors: '1',
      tooManyRequests: '0',
      retryAfterSeconds: '2',
      slowMs: '0',
    });
    expect(ehr.faults).toMatchObject({
      dropNotifications: true,
      serverErrors: 1,
      retryAfterSeconds: 2,
      lenientSearch: false,
    });
    expect((await open('/desk')).status).toBe(200);
    expect((await fetch(`${server.url}/fhir/Patient/patient-ana-reyes`)).status).toBe(500);
    await send('/desk/faults', { reset: 'yes' });
    expect(ehr.faults).toMatchObject({ dropNotifications: false, serverErrors: 0 });
  });

  it('are said on every page while they are on', async () => {
    const asPatient = await patient('ana-reyes');
    const pages = [
      '/desk',
      '/desk/patients',
      `/desk/patients/${asPatient.id}`,
      '/desk/tasks',
      '/desk/book',
      '/desk/faults',
    ];
    const quiet = { tooManyRequests: '0', retryAfterSeconds: '9', serverErrors: '0', slowMs: '0' };
    await send('/desk/faults', quiet);
    expect(await text('/desk')).not.toContain('Faults are on');
    await send('/desk/faults', { ...quiet, slowMs: '500', dropNotifications: 'yes' });
    for (const path of pages)
      expect(await text(path), path).toMatch(
        /Faults are on: drop notifications, slow ms 500\. <a href="\/desk\/faults"/,
      );
    await send('/desk/faults', { reset: 'yes' });
    expect(await text('/desk')).not.toContain('Faults are on');
  });

  it.each(['-1', 'many', '', '1.5'])('are not %s', async serverErrors => {
    const answer = await send('/desk/faults', { serverErrors });
    expect([answer.status, alertIn(await answer.text())]).toEqual([422, expect.stringContaining('whole numbers')]);
    expect(ehr.faults.serverErrors).toBe(0);
  });
});

describe('the clock', () => {
  it.each([
    ['/desk?day=2026-11-20', '/desk?day=2026-11-20&done=clock'],
    ['//evil.example', '/desk?done=clock'],
    ['/desk//evil.example\\', '/desk?done=clock'],
    ['', '/desk?done=clock'],
  ])('goes ahead and comes back to %s', async (back, expected) => {
    const offset = clock.offsetMs();
    const answer = await send('/desk/clock', { minutes: '15', back });
    expect([answer.status, answer.headers.get('location')]).toEqual([303, expected]);
    expect(clock.offsetMs()).toBe(offset + 15 * 60_000);
  });

  it.each(['-60', '1000000', 'x', ''])('does not go by "%s"', async minutes => {
    const offset = clock.offsetMs();
    expect((await send('/desk/clock', { minutes })).status).toBe(422);
    expect(clock.offsetMs()).toBe(offset);
  });

  it('does not keep the desk waiting: pages say how far it has come, and it is not pushed twice', async () => {
    let arrive = (): void => undefined;
    passing = ms =>
      new Promise(resolve => {
        arrive = () => resolve(atOnce(ms));
      });
    try {
      const answer = await send('/desk/clock', { minutes: '60', back: '/desk/tasks' });
      expect([answer.status, answer.headers.get('location')]).toEqual([303, '/desk/tasks']);
      expect(await text('/desk/tasks')).toMatch(/Time is passing[\s\S]*on the way to/);
      expect(await (await open('/desk/clock')).json()).toMatchObject({ passing: true });
      const again = await send('/desk/clock', { minutes: '15' });
      expect([again.status, await again.text()]).toEqual([409, expect.stringContaining('still on its way')]);
    } finally {
      passing = atOnce;
      arrive();
    }
    expect(await (await open('/desk/clock')).json()).toMatchObject({ passing: false });
    expect(await text('/desk/tasks')).not.toContain('Time is passing');
  });

  it('says so when the service fails on the way', async () => {
    passing = () => Promise.reject(new Error('broken'));
    try {
      await send('/desk/clock', { minutes: '60' });
      expect(alertIn(await text('/desk'))).toContain('Time stopped on its way');
    } finally {
      passing = atOnce;
    }
    await send('/desk/clock', { minutes: '15' });
    expect(await text('/desk')).not.toContain('Time stopped on its way');
  });
});

describe('the tasks', () => {
  const identifier = [{ system: 'urn:test', value: 'heard-1' }];
  const heard: Communication = {
    resourceType: 'Communication',
    id: 'heard-1',
    identifier,
    status: 'completed',
    received: NOW,
    payload: [{ contentString: 'Who is <this>?' }],
  };
  const task = (id: string, more: Partial<Task>): Task => ({
    ...{ resourceType: 'Task', id, status: 'requested', intent: 'order', priority: 'routine', authoredOn: NOW },
    ...more,
  });
  const due = (end: string) => ({ restriction: { period: { end } } });
  const ana = { for: { reference: 'Patient/patient-ana-reyes' }, focus: { reference: `Appointment/${ANA}` } };
  const act = async (id: string, what: string): Promise<Response> =>
    send(`/desk/tasks/${id}`, { version: versionOf(await ehr.store.read('Task', id)), act: what });

  beforeEach(async () => {
    await ehr.store.update(heard);
    await ehr.store.update(task('later', { ...ana, ...due('2030-01-02T17:00:00.000Z'), description: 'Call later' }));
    await ehr.store.update(task('sooner', { ...ana, ...due('2026-11-18T16:00:00.000Z'), description: 'Call sooner' }));
    await ehr.store.update(
      task('stranger', {
        ...due('2030-01-03T17:00:00.000Z'),
        priority: 'urgent',
        description: 'Find out who wrote',
        reasonReference: { identifier: identifier[0] },
        input: [{ type: { text: 'May be from' }, valueReference: { reference: 'Patient/patient-walter-simms' } }],
      }),
    );
  });

  it('stand the most urgent first, then what is due soonest, with whom and what they are about', async () => {
    const page = await text('/desk/tasks');
    const at = (words: string) => page.indexOf(words);
    expect(at('Find out who wrote')).toBeGreaterThan(0);
    expect(at('Find out who wrote')).toBeLessThan(at('Call sooner'));
    expect(at('Call sooner')).toBeLessThan(at('Call later'));
    expect(page).toContain('href="/desk/patients/patient-ana-reyes">Ana Reyes</a>');
    expect(page).toContain(`href="/desk/visits/${ANA}">visit of Fri, Nov 20, 10:00 AM CST</a>`);
    expect(page).toContain('was due Wed, Nov 18, 10:00 AM CST');
  });

  it('are shown for an unknown sender too, with the words and who it may be', async () => {
    const page = await text('/desk/tasks');
    expect(page).toMatch(/<h2>Unknown sender/);
    expect(page).toContain('<blockquote>Who is &lt;this&gt;?</blockquote>');
    expect(page).toMatch(/may be from <a href="\/desk\/patients\/patient-walter-simms">/);
  });

  it('are counted on every page, and said to be none when there are none', async () => {
    expect(await text('/desk')).toContain('Tasks <span class="tag">3<span class="unseen"> open</span>');
    for (const id of ['later', 'sooner', 'stranger']) await act(id, 'done');
    const page = await text('/desk/tasks');
    expect(page).toContain('Nothing waits for anybody.');
    expect(page).toContain('Ended (3)');
  });

  it('say that ending one is final, as long as one is open', async () => {
    for (const path of ['/desk/tasks', '/desk/patients/patient-ana-reyes'])
      expect(await text(path), path).toContain('Done is final');
    for (const id of ['later', 'sooner', 'stranger']) await act(id, 'done');
    expect(await text('/desk/tasks')).not.toContain('Done is final');
  });

  it('are taken and ended in the EHR', async () => {
    expect((await act('sooner', 'take')).headers.get('location')).toBe('/desk/tasks?done=task-taken');
    expect(await ehr.store.read('Task', 'sooner')).toMatchObject({
      status: 'accepted',
      owner: { display: 'Front desk' },
    });
    await act('sooner', 'done');
    expect(await ehr.store.read('Task', 'sooner')).toMatchObject({
      status: 'completed',
      owner: { display: 'Front desk' },
    });
    const again = await act('sooner', 'done');
    expect([again.status, alertIn(await again.text())]).toEqual([409, 'This task has ended meanwhile.']);
  });

  it('are not ended over somebody else’s change', async () => {
    const seen = versionOf(await ehr.store.read('Task', 'later'));
    await ehr.store.update(task('later', { ...ana, description: 'Changed elsewhere' }));
    const answer = await send('/desk/tasks/later', { version: seen, act: 'done' });
    expect([answer.status, alertIn(await answer.text())]).toEqual([409, expect.stringContaining('Somebody else')]);
  });

  it('stand on the page of their patient, with what was said and what is planned', async () => {
    const subject = { reference: 'Patient/patient-ana-reyes' };
    const words = [{ contentString: 'See you on Friday.' }];
    const said = { resourceType: 'Communication', status: 'completed', subject, sent: NOW, payload: words } as const;
    await ehr.store.update({ ...said, id: 'said-1' });
    const planned = { resourceType: 'CommunicationRequest', status: 'active', subject } as const;
    await ehr.store.update({ ...planned, id: 'planned-1', occurrenceDateTime: '2026-11-20T14:00:00.000Z' });
    const page = await text('/desk/patients/patient-ana-reyes');
    expect(page).toContain('Call sooner');
    expect(page).not.toContain('Find out who wrote');
    expect(page).toContain('<blockquote>See you on Friday.</blockquote>');
    expect(page).toMatch(/Planned[\s\S]*Fri, Nov 20, 8:00 AM CST/);
  });
});
