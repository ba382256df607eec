import type {
  Appointment,
  Consent,
  Location,
  Patient,
  RelatedPerson,
  Resource,
  ResourceType,
  ServiceRequest,
} from '@medplum/fhirtypes';
import { parsePhoneNumberFromString } from 'libphonenumber-js';
import { Temporal } from 'temporal-polyfill';
import { describe, expect, it } from 'vitest';
import { practice } from './practice/practice.ts';
import { validate } from './validate.ts';

const NOW = '2026-11-18T15:30:00.000Z';
const all = practice(NOW);

const of = <T extends Resource>(type: T['resourceType'] & ResourceType, resources = all): T[] =>
  resources.filter((one): one is T => one.resourceType === type);
const patients = of<Patient>('Patient');
const appointments = of<Appointment>('Appointment');
const patient = (id: string): Patient => patients.find(one => one.id === `patient-${id}`)!;
const visitsOf = (id: string): Appointment[] =>
  appointments.filter(one => one.participant.some(({ actor }) => actor?.reference === `Patient/patient-${id}`));
const bookedAhead = (id: string): Appointment[] =>
  visitsOf(id).filter(one => one.status === 'booked' && one.start! > NOW);
const guardianOf = (id: string): RelatedPerson | undefined =>
  of<RelatedPerson>('RelatedPerson').find(one => one.patient.reference === `Patient/patient-${id}`);
const consentsOf = (id: string, type: 'permit' | 'deny'): (string | undefined)[] =>
  of<Consent>('Consent')
    .filter(one => one.patient?.reference === `Patient/patient-${id}` && one.provision?.type === type)
    .map(one => one.provision?.code?.[0]?.coding?.[0]?.code);
const digits = (value = ''): string | undefined => parsePhoneNumberFromString(value, 'US')?.number;
const phonesOf = (one: Patient | RelatedPerson): (string | undefined)[] =>
  (one.telecom ?? []).filter(({ system }) => system === 'phone').map(({ value }) => digits(value));
const zones = new Map(of<Location>('Location').map(one => [`Location/${one.id}`, one.extension?.[0]?.valueCode]));
const actorOf = (one: Appointment, type: string): string | undefined =>
  one.participant.map(({ actor }) => actor?.reference).find(reference => reference?.startsWith(`${type}/`));
const localStart = (one: Appointment): Temporal.ZonedDateTime =>
  Temporal.Instant.from(one.start!).toZonedDateTimeISO(zones.get(actorOf(one, 'Location')!)!);
const age = (one: Patient): number =>
  Temporal.PlainDate.from(one.birthDate!).until('2026-11-18', { largestUnit: 'years' }).years;
const isTelehealth = (one: Appointment): boolean => one.serviceCategory?.[0]?.coding?.[0]?.code === 'telehealth';

describe('the practice as a whole', () => {
  it.each([
    ['Location', 2],
    ['Practitioner', 4],
    ['PractitionerRole', 4],
    ['ServiceRequest', 20],
  ] as const)('has exactly so many %s: %i', (type, count) => {
    expect(of(type)).toHaveLength(count);
  });

  it.each([
    ['Patient', 60],
    ['Appointment', 200],
    ['Communication', 10],
    ['RelatedPerson', 8],
  ] as const)('has %s: at least %i', (type, count) => {
    expect(of(type).length).toBeGreaterThanOrEqual(count);
  });

  it('is the same for the same instant', () => {
    expect(practice(NOW)).toEqual(all);
  });

  it('keeps the same schedule all day long: only status and what counts back from now differ', () => {
    const evening = of<Appointment>('Appointment', practice('2026-11-18T23:00:00.000Z'));
    expect(evening.map(({ id, start }) => [id, start])).toEqual(appointments.map(({ id, start }) => [id, start]));
  });

  it('is valid R4 at midweek, at a weekend, on the day of a change of clocks and on a leap day', () => {
    for (const now of [NOW, '2026-03-08T09:59:00.000Z', '2026-11-21T12:00:00.000Z', '2028-02-29T23:59:59.999Z'])
      for (const resource of practice(now)) validate(resource);
  });

  it('gives every resource an id of its own and refers only backwards', () => {
    const known = new Set<string>();
    for (const resource of all) {
      const own = `${resource.resourceType}/${resource.id}`;
      expect(known).not.toContain(own);
      known.add(own);
      for (const [, reference] of JSON.stringify(resource).matchAll(/"reference":"([^"]+)"/g))
        expect(known, `${own} refers to it`).toContain(reference);
    }
  });

  it('uses only fictional numbers, written so that they can be dialled', () => {
    for (const one of [...patients, ...of<RelatedPerson>('RelatedPerson')])
      for (const number of phonesOf(one)) expect(number).toMatch(/^\+1\d{3}55501\d\d$/);
  });

  it('shares a number only between the families that do so on purpose', () => {
    const owners = Map.groupBy(
      patients.flatMap(one => phonesOf(one).map(number => ({ number, family: one.name?.[0]?.family }))),
      ({ number }) => number,
    );
    const shared = [...owners.values()].filter(list => list.length > 1).map(list => list.map(({ family }) => family));
    expect(shared).toEqual([Array(4).fill('Ortega'), Array(2).fill('Brandt')]);
  });

  it('has Spanish speakers at both clinics', () => {
    const spanish = patients.filter(one => one.communication?.[0]?.language.coding?.[0]?.code === 'es');
    expect(new Set(spanish.map(one => one.address?.[0]?.state))).toEqual(new Set(['IL', 'CO']));
    expect(spanish.length).toBeGreaterThanOrEqual(10);
  });
});

describe('the schedule', () => {
  it('lies in two time zones', () => {
    expect([...zones]).toEqual([
      ['Location/location-riverside', 'America/Chicago'],
      ['Location/location-mesa', 'America/Denver'],
    ]);
  });

  it('keeps to weekdays and to eight till five, local time', () => {
    for (const one of appointments.filter(({ start }) => start)) {
      const { dayOfWeek, hour } = localStart(one);
      expect([dayOfWeek <= 5, hour >= 8, hour < 17], one.id).toEqual([true, true, true]);
    }
  });

  it('reaches from two weeks back to four weeks ahead', () => {
    const starts = appointments.flatMap(({ start }) => start ?? []).sort();
    expect(starts[0]! < '2026-11-04').toBe(true);
    expect(starts.at(-1)! > '2026-12-14').toBe(true);
  });

  it('fills today, and the hours that come next', () => {
    const today = appointments.filter(one => one.start?.startsWith('2026-11-18'));
    const soon = today.filter(one => one.status === 'booked' && one.start! > NOW && one.start! < '2026-11-18T19:30');
    expect(today.length).toBeGreaterThanOrEqual(30);
    expect(soon.length).toBeGreaterThanOrEqual(8);
  });

  it('never has a clinician in two rooms', () => {
    for (const list of Map.groupBy(appointments, one => actorOf(one, 'Practitioner')).values()) {
      const spans = list.flatMap(({ start, end }) => (start && end ? [{ start, end }] : []));
      spans.sort((a, b) => (a.start < b.start ? -1 : 1));
      for (const [index, span] of spans.entries()) expect(span.start >= (spans[index - 1]?.end ?? '')).toBe(true);
    }
  });

  it.each([
    ['over', (one: Appointment) => one.end! <= NOW, ['fulfilled', 'noshow', 'cancelled']],
    ['happening', (one: Appointment) => one.start! <= NOW && one.end! > NOW, ['arrived', 'noshow']],
    ['ahead', (one: Appointment) => one.start! > NOW, ['booked', 'cancelled', 'pending']],
  ] as const)('has believable states for what is %s', (_, applies, states) => {
    const seen = new Set(appointments.filter(one => one.start && applies(one)).map(({ status }) => status));
    expect([...seen].filter(status => !states.some(state => state === status))).toEqual([]);
    expect(seen).toContain(states[0]);
  });

  it('has telehealth visits with a link, and only those', () => {
    const linked = appointments.filter(one =>
      one.extension?.[0]?.valueUrl?.startsWith('https://video.riverside.example/v/'),
    );
    expect(linked).toEqual(appointments.filter(isTelehealth));
    expect(linked.length).toBeGreaterThanOrEqual(10);
  });

  it('has a group visit of five and one request without a time', () => {
    const group = appointments.find(one => one.id === 'appointment-diabetes-group')!;
    expect(group.participant.filter(({ actor }) => actor?.reference?.startsWith('Patient/'))).toHaveLength(5);
    expect(appointments.filter(one => !one.start).map(({ status }) => status)).toEqual(['proposed']);
  });
});

describe('the people who make it hard', () => {
  it.each([
    ['a deceased patient', 'edith-carroway', { deceasedBoolean: true }],
    [
      'a merged record',
      'margaret-odonnell-old',
      { active: false, link: [{ other: { reference: 'Patient/patient-margaret-odonnell' }, type: 'replaced-by' }] },
    ],
    ['a test patient', 'test-zzloopkeeper', { meta: { tag: [{ code: 'HTEST' }], security: [{ code: 'HTEST' }] } }],
    ['a restricted record', 'evelyn-marsh', { meta: { security: [{ code: 'R' }] } }],
    ['a year of birth alone', 'walter-simms', { birthDate: '1958' }],
    ['a landline only', 'dorothy-hale', { telecom: [{ system: 'phone', use: 'home' }] }],
    ['an e-mail address only', 'priyanka-nair', { telecom: [{ system: 'email' }] }],
    ['an old mobile number', 'victor-sandoval', { telecom: [{ use: 'old', period: { end: '2024-08-31' } }] }],
    ['an office extension', 'ruth-abernathy', { telecom: [{ use: 'work', value: '312-555-0112 x214' }] }],
    ['a preference for e-mail', 'celeste-moreau', { telecom: [{ rank: 2 }, { system: 'email', rank: 1 }] }],
    [
      'a preference for the phone',
      'george-papas',
      { telecom: [{ rank: 2 }, { system: 'phone', use: 'home', rank: 1 }] },
    ],
    [
      'a language nobody translated',
      'minh-tran',
      { communication: [{ language: { coding: [{ code: 'vi', system: 'urn:ietf:bcp:47' }] } }] },
    ],
    ['a home in a third time zone', 'tessa-quill', { address: [{ state: 'CA' }] }],
  ])('has %s (%s), with a visit ahead', (_, id, expected) => {
    expect(patient(id)).toMatchObject(expected);
    expect(bookedAhead(id).length).toBeGreaterThan(0);
  });

  it('has a person with nothing to call at all', () => {
    expect(patient('samuel-ito').telecom).toBeUndefined();
    expect(bookedAhead('samuel-ito')).toHaveLength(1);
  });

  it.each([
    ['kelly-brennan', ['sms']],
    ['oscar-feld', ['sms', 'email']],
  ])('%s opted out of %j', (id, media) => {
    expect(consentsOf(id, 'deny')).toEqual(media);
    expect(bookedAhead(id)).toHaveLength(1);
  });

  it('has people who said yes to texts', () => {
    expect(consentsOf('ana-reyes', 'permit')).toEqual(['sms']);
    expect(of<Consent>('Consent').filter(one => one.provision?.type === 'permit').length).toBeGreaterThan(5);
  });

  it.each([
    ['noah-whitfield', 'FTH', '+13125550103'],
    ['emma-lund', 'MTH', '+13125550104'],
    ['jaylen-brooks', 'GRMTH', '+13035550104'],
  ])('%s is a child without a phone, whose %s has %s', (id, relation, phone) => {
    const guardian = guardianOf(id)!;
    expect(age(patient(id))).toBeLessThan(18);
    expect(patient(id).telecom).toBeUndefined();
    expect(guardian.relationship?.[0]?.coding?.[0]?.code).toBe(relation);
    expect(phonesOf(guardian)).toEqual([phone]);
  });

  it('has a child whose guardian nobody knows', () => {
    expect(age(patient('leo-vance'))).toBe(11);
    expect(guardianOf('leo-vance')).toBeUndefined();
    expect(bookedAhead('leo-vance')).toHaveLength(1);
  });

  it('has a mother and three children on one number, the children on one morning', () => {
    const ids = ['rosa-ortega', 'diego-ortega', 'lucia-ortega', 'tomas-ortega'];
    expect(new Set(ids.flatMap(id => phonesOf(patient(id)))).size).toBe(1);
    const days = ids.slice(1).map(id => String(localStart(bookedAhead(id)[0]!).toPlainDate()));
    expect(days).toEqual(Array(3).fill('2026-11-19'));
  });

  it('has a couple on one number', () => {
    expect(phonesOf(patient('harold-brandt'))).toEqual(phonesOf(patient('irene-brandt')));
  });

  it('has a girl of fifteen whose visit is confidential and whose number is her mother’s', () => {
    expect(age(patient('zoe-marchetti'))).toBe(15);
    expect(bookedAhead('zoe-marchetti')[0]?.meta?.security?.[0]?.code).toBe('R');
    expect(phonesOf(patient('zoe-marchetti'))).toEqual(phonesOf(guardianOf('zoe-marchetti')!));
  });

  it('has a boy who turns eighteen between two visits', () => {
    const birthday = Temporal.PlainDate.from(patient('caleb-novak').birthDate!).add({ years: 18 }).toString();
    const days = bookedAhead('caleb-novak').map(one => String(localStart(one).toPlainDate()));
    expect([...days, birthday].sort()).toEqual([days[0], birthday, days[1]]);
  });

  it('has a woman with two visits on one day', () => {
    const [morning, afternoon] = bookedAhead('nadia-haddad').map(one => localStart(one));
    expect(morning!.toPlainDate().equals(afternoon!.toPlainDate())).toBe(true);
    expect(morning!.hour).toBeLessThan(afternoon!.hour);
  });
});

describe('the referrals', () => {
  const referrals = of<ServiceRequest>('ServiceRequest');

  it('come in every priority, at every age, in the states that matter', () => {
    const counted = (values: (string | undefined)[]): string[] => [...new Set(values.map(String))].sort();
    expect(counted(referrals.map(one => one.priority))).toEqual(['asap', 'routine', 'stat', 'undefined', 'urgent']);
    expect(counted(referrals.map(one => one.status))).toEqual(['active', 'completed', 'draft', 'revoked']);
    const ordered = referrals.flatMap(one => one.authoredOn ?? []).sort();
    expect(ordered[0]! < '2026-09').toBe(true);
    expect(ordered.at(-1)!.startsWith('2026-11-18')).toBe(true);
  });

  it('are told apart by a code of the measure, not by 3457005', () => {
    for (const one of referrals) expect(one.code?.coding?.[0]?.code).toMatch(/^30(8|6)\d{6}$/);
  });

  it('have visits booked for two of them', () => {
    const based = appointments.flatMap(one => one.basedOn?.[0]?.reference ?? []);
    expect(based).toEqual(['ServiceRequest/referral-01', 'ServiceRequest/referral-02']);
  });
});
