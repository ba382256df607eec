import type { Appointment, AppointmentResponse } from '@medplum/fhirtypes';
import { describe, expect, it } from 'vitest';
import { ANA, child, motherOf, person, visitOf } from '../support/chart.ts';
import { tasksIn } from '../support/in-chart.ts';
import type { Whole } from '../support/whole.ts';
import { wholes } from '../support/wholes.ts';

const WEDNESDAY = '2026-11-25T17:00:00.000Z';
const NO = "I can't make it";

const openNext = wholes();
let whole: Whole;
let isDown = false;

/** Monday noon; Ana has been reminded of Wednesday at eleven, and now the EHR cannot be reached. */
async function outage(confirmation: 'participant-status' | 'appointment-response' = 'participant-status') {
  isDown = false;
  await open(confirmation, [person('ana', ANA), visitOf('one', ['ana'], WEDNESDAY)]);
  isDown = true;
}

async function open(confirmation: string, chart: Parameters<Whole['ehr']['store']['create']>[0][]) {
  whole = await openNext({
    before: async ({ store }) => {
      for (const one of chart) await store.create(one);
    },
    fetch: async (...request) => (isDown ? new Response('{}', { status: 503 }) : fetch(...request)),
  });
  Object.assign(whole.service.connection.profile.writes, { confirmation });
  await whole.advance('PT2H');
}

async function back() {
  isDown = false;
  await later('PT20M');
}

async function later(duration: string) {
  whole.jump(duration);
  await whole.settle();
}

const visit = async () => (await whole.ehr.store.read('Appointment', 'one')) as Appointment;
/** While we cannot see it. */
const change = async (by: Partial<Appointment>) => whole.ehr.store.update({ ...(await visit()), ...by });
const responses = async () => (await whole.ehr.store.search('AppointmentResponse')) as AppointmentResponse[];
const texts = async () => (await whole.texts(ANA)).map(text => text.body).slice(1);
const asked = async () =>
  (await tasksIn(whole)).filter(t => t.status === 'requested').map(t => t.code?.coding?.[0]?.code);
const outcomes = async () =>
  (await whole.database.sql.selectFrom('reply').select('write_outcome').orderBy('at').execute()).map(
    row => row.write_outcome,
  );
const answers = async () => {
  const rows = whole.database.sql.selectFrom('message').select(['state', 'reason']).where('rule', '=', 'answering');
  return (await rows.orderBy('due_at').orderBy('key').execute()).map(row => row.reason ?? row.state);
};

describe('what could not be written or said in time is not, once the patient has said something else', () => {
  it('a no after a yes: the visit is not confirmed, and nobody is told that it is', async () => {
    await outage();
    await whole.says(ANA, 'C');
    await later('PT10M');
    await whole.says(ANA, NO);
    await back();
    expect((await visit()).participant[0]?.status).toBe('needs-action');
    expect(await texts()).toEqual([expect.stringMatching(/thanks for telling us/)]);
    expect(await asked()).toEqual(['cancel-request']);
    expect(await outcomes()).toEqual(['overtaken', 'kept-for-staff']);
    expect((await answers()).sort()).toEqual(['answered-already', 'delivered']);
  });

  it('a yes after a no: nobody is told that the visit will be cancelled', async () => {
    await outage();
    await whole.says(ANA, NO);
    await later('PT10M');
    await whole.says(ANA, 'C');
    await back();
    expect((await visit()).participant[0]?.status).toBe('accepted');
    expect(await texts()).toEqual([expect.stringMatching(/You are confirmed/)]);
    expect(await asked()).toEqual([]);
    expect((await answers()).sort()).toEqual(['confirmed-already', 'delivered']);
  });

  it('no, yes, another time: the last one', async () => {
    await outage();
    for (const words of [NO, 'C', 'Can I reschedule?']) {
      await whole.says(ANA, words);
      await later('PT5M');
    }
    await back();
    expect((await visit()).participant[0]?.status).toBe('needs-action');
    expect(await asked()).toEqual(['reschedule-request']);
    expect((await answers()).sort()).toEqual(['delivered', 'reschedule-open', 'reschedule-open']);
  });

  it('the same said twice is still answered, and written once', async () => {
    await outage();
    await whole.says(ANA, 'C');
    await later('PT5M');
    await whole.says(ANA, 'Yes');
    await back();
    expect((await visit()).participant[0]?.status).toBe('accepted');
    expect(await outcomes()).toEqual(['overtaken', 'confirmed']);
    expect((await texts()).at(0)).toMatch(/confirmed/);
  });
});

describe('an EHR that takes AppointmentResponses gets none that no longer fits', () => {
  const atThree = { start: '2026-11-25T21:00:00.000Z', end: '2026-11-25T21:30:00.000Z' };
  const SINCE: [what: string, happens: () => Promise<unknown>, outcome: string | null][] = [
    ['the patient said no', () => whole.says(ANA, NO), 'overtaken'],
    ['the visit was moved', () => change(atThree), 'stale'],
    ['the visit was cancelled', () => change({ status: 'cancelled' }), 'stale'],
    ['the visit was deleted', () => whole.ehr.store.delete('Appointment', 'one'), 'stale'],
  ];
  it.each(SINCE)('%s', async (_, happens, outcome) => {
    await outage('appointment-response');
    await whole.says(ANA, 'C');
    await later('PT10M');
    await happens();
    await back();
    expect(await responses()).toEqual([]);
    expect((await outcomes())[0]).toBe(outcome);
  });

  it('one that fits, once', async () => {
    await outage('appointment-response');
    await whole.says(ANA, 'C');
    await back();
    expect(await responses()).toMatchObject([{ participantStatus: 'accepted', actor: { reference: 'Patient/ana' } }]);
  });

  it('one for each child of a visit that one yes speaks for', async () => {
    isDown = false;
    const family = ['leo', 'mia'].flatMap(id => [child(id), motherOf(id, ANA)]);
    await open('appointment-response', [...family, visitOf('one', ['leo', 'mia'], WEDNESDAY)]);
    await whole.says(ANA, 'C');
    await later('PT5M');
    const actors = (await responses()).map(response => response.actor?.reference);
    expect(actors.sort()).toEqual(['Patient/leo', 'Patient/mia']);
  });
});
