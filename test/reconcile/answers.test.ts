import type { Appointment } from '@medplum/fhirtypes';
import { describe, expect, it } from 'vitest';
import { ANA, person, visitOf } from '../support/chart.ts';
import { tasksIn } from '../support/in-chart.ts';
import type { Whole, WholeOptions } from '../support/whole.ts';
import { wholes } from '../support/wholes.ts';

const WEDNESDAY = '2026-11-25T17:00:00.000Z';
const WEDNESDAY_AT_TWO = '2026-11-25T20:00:00.000Z';
const THURSDAY = '2026-11-26T17:00:00.000Z';

const openNext = wholes();
let whole: Whole;

/** Monday morning; Ana comes on Wednesday at eleven, and has been reminded. */
async function reminded(options: WholeOptions, ...more: Parameters<Whole['ehr']['store']['create']>[0][]) {
  const before = async ({ store }: Whole['ehr']) => {
    for (const one of [person('ana', ANA), visitOf('one', ['ana'], WEDNESDAY), ...more]) await store.create(one);
  };
  whole = await openNext({ before, ...options });
  await whole.advance('PT2H');
}

const visit = async (id: string) => (await whole.ehr.store.read('Appointment', id)) as Appointment;
const change = async (id: string, by: Partial<Appointment>) => {
  await whole.ehr.store.update({ ...(await visit(id)), ...by });
  await whole.ehr.settle();
};
const atTwo = { start: WEDNESDAY_AT_TWO, end: '2026-11-25T20:30:00.000Z' };
const at = (type: string, reference: string, display?: string) => async (id: string) => ({
  participant: (await visit(id)).participant.map(one =>
    one.actor?.reference?.startsWith(type) ? { ...one, actor: { reference, display } } : one,
  ),
});
const atMesa = at('Location/', 'Location/location-mesa');
const status = async (id: string) => (await visit(id)).participant[0]?.status;
const texts = async () => (await whole.texts(ANA)).map(text => text.body);
const last = async () => (await texts()).at(-1);
const open = async () =>
  (await tasksIn(whole)).filter(t => t.status === 'requested').map(t => t.code?.coding?.[0]?.code);

describe('a yes to what is no more so confirms nothing, and the notice comes all the same', () => {
  const CHANGES: [what: string, by: () => Promise<Partial<Appointment>>, notice: RegExp][] = [
    ['another hour', async () => atTwo, /2:00 PM/],
    ['another place', () => atMesa('one'), /Mesa/],
    ['another hour and place', async () => ({ ...atTwo, ...(await atMesa('one')) }), /1:00 PM.*Mesa/],
    ['another clinician', () => at('Practitioner/', 'Practitioner/vega', 'Dr. Vega')('one'), /Vega/],
  ];
  it.each(CHANGES)('%s', async (_, by, notice) => {
    await reminded({});
    await change('one', await by());
    await whole.settle();
    await whole.says(ANA, 'C');
    expect(await last()).toMatch(/that visit is changing/);
    expect(await status('one')).toBe('needs-action');
    await whole.advance('PT1H');
    expect(await last()).toMatch(notice);
  });

  it('not heard of yet: it is looked at before it is answered', async () => {
    await reminded({ hears: 'poll' });
    await change('one', { status: 'cancelled' });
    await whole.says(ANA, 'C');
    expect(await last()).not.toMatch(/confirmed/);
    expect((await texts()).join()).not.toMatch(/You are confirmed/);
  });

  it('cancelled and booked anew: it is changing, not gone', async () => {
    await reminded({});
    await change('one', { status: 'cancelled' });
    await whole.ehr.store.create(visitOf('new', ['ana'], THURSDAY));
    await whole.settle();
    await whole.says(ANA, 'C');
    expect(await last()).toMatch(/that visit is changing/);
  });

  it('a number of a list whose hour has been replaced since', async () => {
    await reminded({}, visitOf('two', ['ana'], THURSDAY));
    await whole.advance('P1D');
    await whole.says(ANA, 'C');
    expect(await last()).toMatch(/1\) Wed, Nov 25, 11:00 AM; 2\) Thu/);
    await change('one', atTwo);
    await whole.advance('PT1H');
    expect(await last()).toMatch(/2:00 PM/);
    await whole.says(ANA, '1');
    expect(await status('one')).toBe('needs-action');
  });
});

describe('what is written next answers what was said last', () => {
  it('R to the text about a missed visit asks for that one, not for another', async () => {
    await reminded({}, visitOf('two', ['ana'], '2026-12-10T17:00:00.000Z'));
    await whole.says(ANA, 'C');
    await whole.advance('P1DT23H');
    await change('one', { status: 'noshow' });
    await whole.advance('PT3H');
    await whole.says(ANA, 'R');
    const asked = (await tasksIn(whole)).find(t => t.code?.coding?.[0]?.code === 'reschedule-request');
    expect(asked?.focus?.reference).toBe('Appointment/one');
    expect(await last()).not.toMatch(/you keep/);
  });

  it('a yes to a cancellation confirms no other visit', async () => {
    await reminded({}, visitOf('two', ['ana'], THURSDAY));
    await whole.advance('P1D');
    await change('one', { status: 'cancelled' });
    await whole.advance('PT20M');
    expect(await last()).toMatch(/Wed, Nov 25/);
    await whole.says(ANA, '👍');
    expect(await status('two')).toBe('needs-action');
    expect(await open()).toContain('answer-patient');
  });
});

it('a no that is taken back leaves nothing for staff to cancel', async () => {
  await reminded({});
  await whole.says(ANA, "I can't make it");
  expect(await open()).toEqual(['cancel-request']);
  // Said to our answer it may mean either: a person reads it.
  await whole.says(ANA, 'I will be there');
  expect([await status('one'), await open()]).toEqual(['needs-action', ['cancel-request', 'answer-patient']]);
  await whole.says(ANA, 'C');
  expect(await status('one')).toBe('accepted');
  expect(await open()).toEqual(['answer-patient']);
});

it('one yes to two visits of a day names both', async () => {
  await reminded({}, visitOf('two', ['ana'], WEDNESDAY_AT_TWO));
  await whole.says(ANA, 'C');
  expect([await status('one'), await status('two')]).toEqual(['accepted', 'accepted']);
  expect(await last()).toMatch(/11:00 AM.*2:00 PM/);
});

it('a visit that has become confidential is not spoken of on a shared phone', async () => {
  await reminded({}, person('ben', ANA));
  const R = { system: 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality', code: 'R' };
  await change('one', { ...atTwo, meta: { security: [R] } });
  await whole.settle();
  await whole.says(ANA, 'C');
  expect(await last()).not.toMatch(/Nov 25|2:00|11:00/);
  expect(await open()).toContain('answer-patient');
});
