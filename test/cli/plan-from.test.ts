import { describe, expect, it } from 'vitest';
import { Failure } from '../../sync/cli/failure.ts';
import { type PlanOptions, runPlan } from '../../sync/cli/plan.ts';
import { listener, NOW, PATIENT, scratch, VISIT } from './hears.ts';

const { file, folder } = scratch();

async function plan(from: string[], more: PlanOptions = {}): Promise<string> {
  const out = listener();
  // That nothing was of use ends it by a code; what was said stays said.
  await runPlan({ from, now: NOW, ...more }, out).catch(error => {
    if (!(error instanceof Failure)) throw error;
  });
  return out.text();
}

const planJson = async (from: string[], more: PlanOptions = {}) =>
  JSON.parse(await plan(from, { json: true, ...more }));
const collection = (...resources: unknown[]) => ({
  resourceType: 'Bundle',
  type: 'collection',
  entry: resources.map(resource => ({ resource })),
});

it('says who would be told what and when, without EHR or database', async () => {
  const said = await plan([file('bundle.json', collection(PATIENT, VISIT))], { words: true });
  expect(said).toMatch(
    /Mon 2026-11-30: 1 reminder-48h, 1 pre-visit-checklist\n {2}10:30 CST {2}reminder-48h, sms ····0101 \(en\), Patient\/ana, about Appointment\/visit on Wed 2026-12-02 10:30 CST/,
  );
  expect(said).toMatch(/Ana's visit is Wed, Dec 2 at 10:30 AM/);
  expect(said).not.toMatch(/Zzcanary|3125550101/);
});

it('is silent about bookings that a first import finds, and tells those that are new', async () => {
  const from = [file('p.json', PATIENT), file('v.json', VISIT)];
  const rules = async (asNew: boolean) =>
    (await planJson(from, { asNew })).messages.map((one: { rule: string }) => one.rule);
  expect(await rules(false)).not.toContain('booking-confirmation');
  expect(await rules(true)).toContain('booking-confirmation');
});

it('speaks JSON of one shape to machines', async () => {
  const referral = { resourceType: 'ServiceRequest', id: 'r', status: 'active', intent: 'order', subject: {} };
  const path = file('all.ndjson', [PATIENT, VISIT, referral, {}].map(one => JSON.stringify(one)).join('\n'));
  const said = await planJson([path], { words: true });
  expect(Object.keys(said)).toEqual(['now', 'patients', 'messages', 'tasks', 'notPlanned', 'findings', 'setAside']);
  expect(said.messages[0]).toEqual({
    key: 'Patient/ana|reminder-48h|2026-12-02T16:30:00.000Z#message',
    batch: 0,
    patient: 'Patient/ana',
    rule: 'reminder-48h',
    text: expect.any(String),
    language: 'en',
    medium: 'sms',
    to: '····0101',
    sendAt: '2026-11-30T16:30:00.000Z',
    sendBefore: expect.any(String),
    leavesAt: '2026-11-30T16:30:00.000Z',
    about: ['Appointment/visit'],
    words: expect.stringContaining("Ana's visit"),
  });
  expect(said.notPlanned).toContainEqual({
    patient: 'Patient/ana',
    about: 'Appointment/visit',
    rule: 'booking-confirmation',
    reason: 'told-by-practice',
    because: expect.any(String),
  });
  expect(said.setAside).toEqual([{ about: 'ServiceRequest/r', type: 'ServiceRequest', file: path, line: 3 }]);
  expect(said.findings).toEqual([
    { about: path, problem: 'It is not a FHIR resource: it has no resourceType.', file: path, line: 4, unused: true },
  ]);
});

const [PHONE] = PATIENT.telecom;
const at = (reference: unknown) => ({ ...VISIT, participant: [{ actor: reference, status: 'accepted' }] });
const inPlace = (place: string) => ({
  ...VISIT,
  participant: [...VISIT.participant, { actor: { reference: place }, status: 'accepted' }],
});
const { id: _id, ...NAMELESS } = PATIENT;

/** Each stands in a file of its own; the sentence is what is said of it, and where. */
const BAD: [name: string, content: unknown, sentence: RegExp][] = [
  ['broken.json', '{"resourceType": "Appo', /It is not JSON; look at line 1, column \d+\.\n {4}\S+broken\.json$/m],
  ['quoted.json', '{"a": Zzcanary}', /It is not JSON, or it ends too early\.\n {4}\S+quoted\.json$/m],
  ['empty.json', ' \n', /It is empty\.\n {4}\S+empty\.json/],
  ['utf16.json', Buffer.from(JSON.stringify(VISIT), 'utf16le').fill(0xff, 0, 2), /It is not text in UTF-8\./],
  ['old.json', '<Patient xmlns="http://hl7.org/fhir"/>', /It is XML; JSON is needed\./],
  ['list.json', [1, 2], /It is not a FHIR resource, but a list or a single value\./],
  ['type.json', { resourceType: 'Zzcanary', id: '1' }, /Its resourceType is none of FHIR R4\.\n/],
  ['case.json', { ...VISIT, resourceType: 'appointment' }, /none of FHIR R4; `Appointment` is meant\./],
  ['proto.json', '{"resourceType":"__proto__","id":"1"}', /Its resourceType is none of FHIR R4\.\n/],
  ['no-id.json', NAMELESS, /id is missing, so nothing can refer to it\.\n {4}Patient in \S+no-id\.json/],
  ['bad-id.json', { ...PATIENT, id: 'Zzcanary, Ana' }, /id is none that FHIR allows.*\n {4}Patient in/],
  ['many.json', { ...VISIT, participant: 'many' }, /participant should be a list\.\n {4}Appointment\/visit in/],
  ['null.json', { ...VISIT, participant: [null] }, /participant\[0\] should be an object\./],
  ['dead.json', { ...PATIENT, deceasedBoolean: 'true' }, /deceasedBoolean should be true or false\./],
  ['zone.json', { ...VISIT, start: '2026-12-02T10:30:00' }, /start is not an instant with a time zone/],
  ['year.json', { ...VISIT, start: '2026' }, /start is not an instant with a time zone/],
  ['status.json', { ...VISIT, status: 'Zzcanary' }, /status is no code\./],
  ['born.json', { ...PATIENT, birthDate: '1980' }, /Its birth date is partial/],
  [
    'nobody.json',
    at({ reference: 'Patient/nobody' }),
    /Patient\/nobody is not among what was read, so nobody can be told/,
  ],
  ['inside.json', { ...at({ reference: '#p' }), contained: [{ resourceType: 'Patient', id: 'p' }] }, /is a contained/],
  ['logical.json', at({ identifier: { value: 'Zzcanary' } }), /participant\[0\]\.actor is an identifier only/],
  ['words.json', at({ display: 'Zzcanary' }), /participant\[0\]\.actor is given in words only/],
  ['urn.json', at({ reference: 'urn:uuid:1' }), /is a urn, and no entry of its Bundle has it/],
  ['ask.json', at({ reference: 'Patient?name=Zzcanary' }), /is a conditional reference/],
  [
    'place.json',
    at({ reference: 'Location/moon' }),
    /clinic\.yaml does not know it.*\n {4}Location\/moon in \S+place\.json/,
  ],
  [
    'deep.json',
    `{"resourceType":"Patient","id":"deep","x":${'['.repeat(5000)}${']'.repeat(5000)}}`,
    /It is nested too deeply to be FHIR\./,
  ],
  [
    'line.ndjson',
    `${JSON.stringify(PATIENT)}\r\n\nnot json\n`,
    /It is not JSON, or it ends too early\.\n {4}\S+line\.ndjson:3$/m,
  ],
  [
    'gaps.json',
    { ...collection(PATIENT), entry: [null, {}, { request: { method: 'DELETE', url: 'Patient/1' } }] },
    /It holds no resource\.\n {4}\S+ entry\[0\]\n {4}\S+ entry\[1\]\n[\s\S]*something was deleted/,
  ],
  [
    'nested.json',
    collection(collection(PATIENT, 7)),
    /list or a single value\.\n {4}\S+ entry\[0\]\.resource\.entry\[1\]/,
  ],
  ['bundle.json', { resourceType: 'Bundle', type: 'searchset' }, /The Bundle holds nothing\./],
  ['entry.json', { resourceType: 'Bundle', type: 'searchset', entry: {} }, /entry should be a list\./],
];

describe('names what it cannot use, where it stands and why, and quotes nothing', () => {
  it.each(BAD)('%s', async (name, content, sentence) => {
    const said = await plan([file(name, content)], { list: true });
    expect(said).toMatch(sentence);
    expect(said).not.toMatch(/Zzcanary/);
  });

  it.each([
    [['nowhere.json'], /There is no such file or folder\.\n {4}\S+nowhere\.json/],
    [[], /No file in this folder ends in/],
  ])('%j', async (names, sentence) => {
    const { folder: empty } = scratch();
    const paths = names.length > 0 ? names.map(name => `${folder}/${name}`) : [empty];
    expect(await plan(paths)).toMatch(sentence);
  });

  it('says which of two versions it goes by', async () => {
    const version = (versionId: string, status: string) => ({ ...VISIT, status, meta: { versionId } });
    const paths = [file('new.json', version('10', 'booked')), file('old.json', version('9', 'cancelled'))];
    const said = await planJson([...paths, file('ana.json', PATIENT)]);
    expect(said.messages.length).toBeGreaterThan(0);
    expect(said.findings).toContainEqual({
      about: 'Appointment/visit',
      problem: `It is there twice, and differs; the version in ${paths[0]} is used.`,
      file: paths[1],
    });
  });
});

describe('ends with a code that a script can go by', () => {
  const { file: put, folder: mine } = scratch();
  const [ana, visit] = [put('ana.json', PATIENT), put('visit.json', VISIT)];
  const { folder: empty } = scratch();
  const aside = ['Encounter', 'Slot', 'Task', 'Schedule'].map(resourceType => ({ resourceType, id: 'one' }));
  const others = put('others.json', collection(...aside));
  const CODES: [name: string, from: string[], code: number, sentence: RegExp][] = [
    ['all of use', [ana, visit], 0, /3 messages to send/],
    ['a path that is not there', [`${mine}/none.json`], 1, /no such file[\s\S]*Nothing that was given could be used/],
    ['an empty folder', [empty], 1, /No file in this folder ends in/],
    ['broken JSON', [put('broken.json', '{')], 1, /It is not JSON/],
    ['no FHIR at all', [put('list.json', [1])], 1, /It is not a FHIR resource/],
    [
      'some of use, one path not there',
      [ana, visit, `${mine}/none.json`],
      3,
      /3 messages[\s\S]*no such file[\s\S]*Part of/,
    ],
    [
      'some of use, one resource not',
      [ana, put('bad.json', { ...VISIT, participant: 1 })],
      3,
      /Part of what was given/,
    ],
    [
      'a visit whose patient is not there',
      [visit],
      3,
      /\n0 patients, 1 visit\.[\s\S]*\nCould not be used\n {2}Patient\/ana is not/,
    ],
    [
      'a visit without an hour',
      [ana, put('hourless.json', { ...VISIT, start: undefined })],
      3,
      /\nCould not be used\n/,
    ],
    ['a visit of no known status', [ana, put('odd.json', { ...VISIT, status: 'odd' })], 3, /\nCould not be used\n/],
    [
      'a visit for an identifier only',
      [put('id.json', at({ identifier: { value: '1' } }))],
      3,
      /\nCould not be used\n/,
    ],
    [
      'a visit at a place nobody knows, for somebody without a birth date',
      [put('ageless.json', { ...PATIENT, birthDate: undefined }), put('moon.json', inPlace('Location/moon'))],
      0,
      /\nUsed, and worth a look all the same\n[\s\S]*no birth date[\s\S]*clinic\.yaml does not know it/,
    ],
    [
      'a Consent about something else',
      [
        ana,
        visit,
        put('care.json', { resourceType: 'Consent', id: 'c', status: 'active', patient: { reference: 'Patient/ana' } }),
      ],
      0,
      /\nUsed, and worth a look all the same\n {2}It is not about messaging/,
    ],
    [
      'sound FHIR that decides nothing',
      [others],
      0,
      /Set aside, because it decides nothing about messages: 1 Encounter, 1 Slot, 1 Task, 1 Schedule\./,
    ],
  ];
  it.each(CODES)('%s', async (_, from, code, sentence) => {
    const out = listener();
    const ended = await runPlan({ from, now: NOW }, out).then(
      () => 0,
      (error: Failure) => {
        out.line(error.message);
        return error.code;
      },
    );
    expect(out.text()).toMatch(sentence);
    expect(ended).toBe(code);
    // What is not called unused changes no code, and machines are told the same.
    const { findings } = await planJson(from);
    expect(findings.some((finding: { unused?: true }) => finding.unused)).toBe(code !== 0);
  });
});

it('shows every hour with its zone, and what happens first first', async () => {
  const denver = {
    ...PATIENT,
    id: 'dee',
    address: [{ use: 'home', state: 'CO' }],
    telecom: [{ ...PHONE, value: '+13035550102' }],
  };
  const mesa = { reference: 'Location/location-mesa' };
  const later = {
    ...VISIT,
    id: 'later',
    start: '2026-12-02T10:00:00-07:00',
    participant: [
      { actor: { reference: 'Patient/dee' }, status: 'accepted' },
      { actor: mesa, status: 'accepted' },
    ],
  };
  const said = await plan([file('zones.json', collection(PATIENT, VISIT, denver, later))]);
  const hours = said.split('\n').filter(line => line.includes('reminder-48h, sms'));
  expect(hours).toEqual([
    expect.stringMatching(/^ {2}10:30 CST .*Patient\/ana, about Appointment\/visit on Wed 2026-12-02 10:30 CST$/),
    expect.stringMatching(/^ {2}10:00 MST .*Patient\/dee, about Appointment\/later on Wed 2026-12-02 10:00 MST$/),
  ]);
});

describe('follows references', () => {
  const urn = 'urn:uuid:11111111-2222-3333-4444-555555555555';
  const GOOD: [name: string, content: unknown][] = [
    ['relative', collection(PATIENT, VISIT)],
    ['absolute and versioned', collection(PATIENT, at({ reference: 'https://ehr.example/r4/Patient/ana/_history/3' }))],
    [
      'urn:uuid inside a transaction, before there are ids',
      {
        resourceType: 'Bundle',
        type: 'transaction',
        entry: [
          { fullUrl: urn, resource: NAMELESS },
          { fullUrl: 'https://ehr.example/r4/Appointment/new', resource: { ...at({ reference: urn }), id: undefined } },
        ],
      },
    ],
    ['a Bundle of Bundles', collection(collection(PATIENT), collection(VISIT))],
    ['behind a byte order mark', `\uFEFF${JSON.stringify(collection(PATIENT, VISIT))}`],
  ];
  it.each(GOOD)('%s', async (name, content) => {
    const said = await planJson([file(`${name.replace(/\W/g, '-')}.json`, content)]);
    expect(said.findings).toEqual([]);
    expect(said.messages.map((one: { rule: string }) => one.rule)).toContain('reminder-48h');
  });
});

it('survives HL7’s own examples, and names the file of every finding', async () => {
  const said = await planJson(['test/fixtures/hl7'], { now: '2013-12-09T09:00:00-06:00' });
  expect(said.patients).toBeGreaterThan(10);
  expect(said.findings.length).toBeGreaterThan(5);
  for (const { file: where } of said.findings) expect(where).toMatch(/^test\/fixtures\/hl7\/.*\.json$/);
});

it('plans ten megabytes', async () => {
  const visits = Array.from({ length: 8_000 }, (_, i) => ({
    ...at({ reference: `Patient/p${i % 2_000}` }),
    id: `v${i}`,
    comment: 'x'.repeat(1_000),
  }));
  const people = Array.from({ length: 2_000 }, (_, i) => ({ ...PATIENT, id: `p${i}` }));
  const said = await planJson([file('big.json', collection(...people, ...visits))]);
  expect(said.patients).toBe(2_000);
  expect(said.messages.length).toBeGreaterThan(2_000);
});
