import type { Appointment } from '@medplum/fhirtypes';
import { describe, expect, it } from 'vitest';
import { deliverDue } from '../../sync/reconcile/deliver.ts';
import { handOver } from '../../sync/reconcile/hand-over.ts';
import { askAboutCutOff, receiveReport } from '../../sync/reconcile/outcome.ts';
import { release } from '../../sync/reconcile/release.ts';
import { setPaused } from '../../sync/store/control.ts';
import { messagesOf } from '../../sync/store/find-messages.ts';
import { tasksOf } from '../../sync/store/task.ts';
import { ANA, BEN, child, motherOf, person, visitOf } from '../support/chart.ts';
import { mortal } from '../support/mortal.ts';
import type { Whole, WholeOptions } from '../support/whole.ts';
import { wholes } from '../support/wholes.ts';

const open = wholes();
const FRIDAY = '2026-11-27T16:00:00.000Z';

/** Ana has just booked: in ten minutes a confirmation is due. */
async function booked(options: WholeOptions = {}): Promise<Whole> {
  const whole = await open(options);
  await whole.ehr.store.create(person('ana', ANA));
  await whole.ehr.store.create(visitOf('one', ['ana'], FRIDAY));
  await whole.settle();
  return whole;
}

const confirmation = async (whole: Whole) => {
  const rows = await messagesOf(whole.database.sql, 'Patient/ana');
  const row = rows.find(one => one.rule === 'booking-confirmation');
  return [row?.state, row?.reason];
};
const openTasks = async (whole: Whole) =>
  (await tasksOf(whole.database.sql, 'Patient/ana')).filter(task => task.state === 'open').map(task => task.code);
const count = async (whole: Whole) => (await whole.texts()).length;

describe('the gate', () => {
  it('lets one text through, once', async () => {
    const whole = await booked();
    await whole.advance('PT9M');
    expect(await count(whole)).toBe(0);
    await whole.advance('PT1H');
    expect(await count(whole)).toBe(1);
    expect(await confirmation(whole)).toEqual(['delivered', undefined]);
  });

  it('says nothing for a patient behind a brake', async () => {
    const whole = await booked();
    await whole.database.sql.updateTable('patient').set({ brake: 1 }).execute();
    await whole.advance('PT3H');
    expect([await count(whole), await confirmation(whole)]).toEqual([0, ['planned', undefined]]);
  });

  it('makes nobody wait behind those of a braked patient, and asks the plan anew when it is released', async () => {
    const whole = await booked();
    await whole.database.sql.updateTable('patient').set({ brake: 1 }).execute();
    await whole.advance('PT5M');
    await whole.ehr.store.create(person('ben', BEN));
    await whole.ehr.store.create(visitOf('two', ['ben'], FRIDAY));
    await whole.settle();
    whole.jump('PT30M');
    expect(await deliverDue(whole.service, 1)).toBe(1);
    expect((await whole.texts()).map(text => text.to)).toEqual([BEN]);
    expect(await deliverDue(whole.service, 1)).toBe(0);
    await whole.advance('P4D');
    expect(whole.logged.filter(line => line.includes('work left over'))).toEqual([]);
    await release(whole.service, 1, 'operator');
    await whole.settle();
    expect(await confirmation(whole)).toEqual(['expired', 'too-late']);
  });

  it('sends a text that would leave with one held back no sooner than planned', async () => {
    let down = false;
    const whole = await booked({
      fetch: (...request) => (down ? Promise.reject(new TypeError('down')) : fetch(...request)),
    });
    await whole.advance('PT1H');
    await whole.ehr.store.create(visitOf('two', ['ana'], '2026-11-27T20:00:00.000Z'));
    await whole.settle();
    await whole.advance('PT46H');
    const reminders = async () =>
      (await messagesOf(whole.database.sql, 'Patient/ana')).filter(row => row.rule === 'reminder-48h');
    expect((await reminders()).map(row => row.state)).toEqual(['planned', 'planned']);
    const planned = (await reminders()).map(row => row.dueAt);
    down = true;
    await whole.advance('PT2H');
    for (const [i, row] of (await reminders()).entries()) expect(row.dueAt >= (planned[i] ?? '')).toBe(true);
  });

  it('looks again even when the visit was read a moment ago', async () => {
    const whole = await booked({ hears: 'poll' });
    await whole.advance('PT9M55S');
    await whole.poll();
    const visit = await whole.ehr.store.read('Appointment', 'one');
    await whole.ehr.store.update({ ...visit, status: 'cancelled' });
    await whole.advance('PT2H');
    expect(await count(whole)).toBe(0);
  });
});

describe('an answer', () => {
  const lastTo = async (whole: Whole) => (await whole.texts(ANA)).at(-1)?.body;

  it('that names no visit needs neither EHR nor plan nor brake', async () => {
    let down = false;
    const whole = await booked({
      fetch: (...request) => (down ? Promise.reject(new TypeError('down')) : fetch(...request)),
    });
    await whole.advance('PT1H');
    await whole.database.sql.updateTable('patient').set({ brake: 1 }).execute();
    down = true;
    await whole.says(ANA, 'I have chest pain');
    expect([await count(whole), await lastTo(whole)]).toEqual([2, expect.stringContaining('911')]);
    await whole.says(ANA, 'STOP');
    expect(await count(whole)).toBe(3);
  });

  it.each([
    ['called off', { status: 'cancelled' }, 'visit-cancelled'],
    ['moved', { start: '2026-11-27T18:00:00.000Z', end: '2026-11-27T18:30:00.000Z' }, 'visit-moved'],
    ['described in other words', { description: 'Bring the X-rays.' }, undefined],
  ] as const)('about a visit that was %s since says nothing that is no more so', async (_, change, reason) => {
    const whole = await booked({ hears: 'poll' });
    await whole.poll();
    await whole.advance('PT1H');
    expect(await count(whole)).toBe(1);
    await setPaused(whole.database.sql, true, 'test', whole.now());
    await whole.says(ANA, 'Y');
    const visit = (await whole.ehr.store.read('Appointment', 'one')) as Appointment;
    await whole.ehr.store.update({ ...visit, ...change });
    await setPaused(whole.database.sql, false, 'test', whole.now());
    await whole.settle();
    const rows = await messagesOf(whole.database.sql, 'Patient/ana');
    const answer = rows.find(row => row.purpose === 'answer');
    expect(answer?.tells).toHaveLength(1);
    expect([answer?.state, answer?.reason]).toEqual(reason ? ['dropped', reason] : ['delivered', undefined]);
    await whole.advance('PT1H');
    const notices = (await messagesOf(whole.database.sql, 'Patient/ana')).filter(row => row.purpose === 'notice');
    expect(notices.map(row => row.state)).toEqual(reason ? ['delivered'] : []);
  });
});

it('answers one yes for the visits of two children', async () => {
  const whole = await open();
  for (const id of ['kim', 'lou']) {
    await whole.ehr.store.create(child(id));
    await whole.ehr.store.create(motherOf(id, BEN));
    await whole.ehr.store.create(visitOf(`of-${id}`, [id], FRIDAY));
  }
  await whole.settle();
  await whole.advance('P2DT1H');
  await whole.says(BEN, 'Y');
  const rows = [
    ...(await messagesOf(whole.database.sql, 'Patient/kim')),
    ...(await messagesOf(whole.database.sql, 'Patient/lou')),
  ];
  expect(rows.filter(row => row.purpose === 'answer')).toMatchObject([
    { state: 'delivered', tells: [{ appointment: 'Appointment/of-kim' }, { appointment: 'Appointment/of-lou' }] },
  ]);
});

describe('a phone that', () => {
  it('refuses the number is not tried again, and a person takes over', async () => {
    const whole = await booked();
    whole.phones.send = 'refuses';
    await whole.advance('P2D');
    expect([await count(whole), await confirmation(whole)]).toEqual([0, ['failed', 'address-invalid']]);
    expect(await openTasks(whole)).toContain('message-not-delivered');
  });

  it('is busy is tried until it is not', async () => {
    const whole = await booked();
    whole.phones.send = 'busy';
    await whole.advance('PT30M');
    expect([await count(whole), await confirmation(whole)]).toEqual([0, ['planned', 'channel-down']]);
    whole.phones.send = 'works';
    await whole.advance('PT30M');
    expect([await count(whole), await confirmation(whole)]).toEqual([1, ['delivered', undefined]]);
  });

  it('takes the text and says nothing is asked by reference', async () => {
    const whole = await booked();
    whole.phones.send = 'silent-kept';
    await whole.advance('PT30M');
    expect([await count(whole), await confirmation(whole)]).toEqual([1, ['delivered', undefined]]);
  });

  it('cannot say whether it got it is left to a person, and never written to twice', async () => {
    const whole = await booked();
    whole.phones.send = 'silent-lost';
    await whole.advance('PT11M');
    expect(await confirmation(whole)).toEqual(['unknown', 'outcome-unknown']);
    whole.phones.send = 'works';
    await whole.advance('PT1H');
    expect([await count(whole), await confirmation(whole)]).toEqual([0, ['unknown', 'outcome-unknown']]);
    expect(await openTasks(whole)).toContain('message-not-delivered');
  });
});

describe('a process that dies', () => {
  const dying = async (when: 'before' | 'after') => {
    const process = mortal();
    const whole = await booked({
      through: process.database,
      channels: ({ sms, email }) => ({
        email,
        sms: sms && {
          ...sms,
          async send(message) {
            process.pass('before');
            const result = await sms.send(message);
            process.pass('after');
            return result;
          },
        },
      }),
    });
    process.dieSending(when);
    await expect(whole.advance('PT1H')).rejects.toThrow('died');
    process.revive();
    whole.restart();
    expect((await confirmation(whole))[0]).toBe(when === 'before' ? 'sending' : 'delivered');
    return whole;
  };

  it('between claiming and sending: the provider is asked, and the text goes once', async () => {
    const whole = await dying('before');
    await whole.advance('PT1M');
    expect(await askAboutCutOff(whole.service)).toBe(0);
    await whole.advance('PT2M');
    expect(await askAboutCutOff(whole.service)).toBe(1);
    await whole.advance('PT1H');
    expect([await count(whole), await confirmation(whole)]).toEqual([1, ['delivered', undefined]]);
  });

  it('after sending: the text is not sent again', async () => {
    const whole = await dying('after');
    await whole.advance('PT5M');
    await askAboutCutOff(whole.service);
    await whole.advance('P1D');
    expect([await count(whole), await confirmation(whole)]).toEqual([1, ['delivered', undefined]]);
  });

  it('only seemed to, and slept: on waking it does not send what another has sent', async () => {
    const whole = await dying('before');
    const [row] = (await messagesOf(whole.database.sql, 'Patient/ana')).filter(one => one.state === 'sending');
    const channel = whole.service.channels.sms;
    if (!row?.body || !row.claimedAt || !channel) throw new Error('Nothing was claimed.');
    await whole.advance('PT3M');
    await askAboutCutOff(whole.service);
    await whole.advance('PT10M');
    expect(await count(whole)).toBe(1);
    await handOver(whole.service, { batch: [row], channel, body: row.body, at: row.claimedAt });
    expect([await count(whole), await confirmation(whole)]).toEqual([1, ['delivered', undefined]]);
  });
});

it('does not take the text of another message for its own', async () => {
  let first: string | undefined;
  const whole = await booked({
    channels: ({ sms }) => ({
      sms: sms && {
        ...sms,
        send: async message => (first ? { outcome: 'unknown' } : sms.send(message)),
        find: async () => (first ? { outcome: 'found', providerId: first } : { outcome: 'absent' }),
      },
    }),
  });
  await whole.advance('PT1H');
  first = (await whole.texts(ANA))[0]?.id;
  expect(first).toBeDefined();
  await whole.ehr.store.create(visitOf('two', ['ana'], '2026-11-26T16:00:00.000Z'));
  await whole.advance('PT1H');
  const rows = await messagesOf(whole.database.sql, 'Patient/ana');
  const ends = rows.filter(row => row.rule === 'booking-confirmation').map(row => [row.state, row.providerId]);
  expect(ends).toEqual([
    ['delivered', first],
    ['unknown', undefined],
  ]);
  expect(await openTasks(whole)).toContain('message-not-delivered');
});

describe('delivery reports', () => {
  const sent = async () => {
    const whole = await booked();
    whole.phones.delivers = false;
    await whole.advance('PT11M');
    const [text] = await whole.texts();
    const report = { channel: 'phone-sms', providerId: text?.id ?? '', reference: text?.reference ?? '' };
    return { whole, report };
  };
  const failure = {
    reason: 'undeliverable',
    retry: 'never',
    fault: 'provider',
    staffText: 'It did not arrive.',
  } as const;

  it.each([
    ['late', ['delivered'], 'delivered'],
    ['twice', ['delivered', 'delivered'], 'delivered'],
    ['out of order', ['delivered', 'sent'], 'delivered'],
    ['failed', ['failed'], 'failed'],
    ['failed, and then delivered after all', ['failed', 'delivered'], 'delivered'],
    ['delivered, and then said to have failed', ['delivered', 'failed'], 'delivered'],
  ] as const)('%s', async (_, reports, state) => {
    const { whole, report } = await sent();
    expect((await confirmation(whole))[0]).toBe('sent');
    await whole.advance('PT20M');
    for (const one of reports)
      await receiveReport(whole.service, { ...report, state: one, ...(one === 'failed' ? { failure } : {}) });
    expect((await confirmation(whole))[0]).toBe(state);
  });

  it('of a message nobody knows is kept, and changes nothing', async () => {
    const { whole, report } = await sent();
    await receiveReport(whole.service, { ...report, providerId: 'other', reference: 'other', state: 'failed' });
    expect((await confirmation(whole))[0]).toBe('sent');
  });
});
