import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { twilioChannel } from '../../sync/channels/twilio/channel.ts';
import { pause } from '../../sync/cli/operate.ts';
import { twilioDoors } from '../../sync/http/twilio-doors.ts';
import { type TwilioFault, TwilioStandIn } from '../channels/twilio-stand-in.ts';
import { listener } from '../cli/hears.ts';
import { ANA, BEN, visitOf } from '../support/chart.ts';
import { freePort } from '../support/free-port.ts';
import { MONDAY, type Whole } from '../support/whole.ts';
import { wholes } from '../support/wholes.ts';
import { canary, expectNothingLeaked, fates, openTasks, operatorSees } from './leaks.ts';

/*
 * Every way in which the provider of texts fails, on the whole service and on Twilio's own wire. What a single answer
 * proves is held in test/channels/twilio-channel.test.ts, what a code means in twilio-forms.test.ts, mail in
 * smtp-channel.test.ts; what a dying service does to a text in test/reconcile/deliver.test.ts and test/torture.
 */

const THURSDAY = '2026-11-26T17:00:00.000Z';
const FRIDAY = '2026-11-27T17:00:00.000Z';
const open = wholes();
let twilio: TwilioStandIn;
let whole: Whole;
/** Nobody listens where the provider should be. */
let away = false;
let nobody: string;

beforeAll(async () => {
  nobody = `http://127.0.0.1:${await freePort()}`;
});
beforeEach(async () => {
  twilio = await TwilioStandIn.start(() => whole?.now() ?? MONDAY);
  away = false;
});
afterEach(() => twilio.stop());

const wire: typeof fetch = (url, init) => fetch(away ? String(url).replace(twilio.baseUrl, nobody) : url, init);

async function start(): Promise<Whole> {
  const { accountSid, authToken, sender } = twilio;
  // Half a second is all that a provider gets here: only rows in which it hangs wait for it.
  const account = { accountSid, authToken, baseUrl: twilio.baseUrl, timeoutMs: 500 };
  whole = await open({
    channels: (_, url) => ({
      sms: twilioChannel({
        account,
        sender: { from: sender },
        statusCallback: `${url}/hooks/twilio/status`,
        fetch: wire,
      }),
    }),
    rooms: (service, publicUrl) => [twilioDoors(service, { publicUrl, authToken })],
  });
  await whole.ehr.store.create(canary('ana', ANA));
  return whole;
}

/** Ana has just booked; in ten minutes a confirmation is due. */
async function booked(fault: TwilioFault) {
  await start();
  await whole.ehr.store.create(visitOf('one', ['ana'], FRIDAY));
  twilio.fault = fault;
  await whole.advance('PT12M');
}

const told = (number = ANA) => twilio.texts.filter(text => text.to === number).map(text => text.body);
const confirmation = async () => (await fates(whole, 'ana')).filter(line => line.startsWith('booking'));
const settleAll = async () => {
  for (const { sid } of twilio.texts) await twilio.settle(sid);
};

/** What the provider does to the confirmation, and what is known of it then; after that it is well again for a day. */
const ONE_TEXT: [name: string, fault: TwilioFault, then: string, tasks: string[], texts: number][] = [
  ['takes it and never answers', 'hang-after-taking', 'sent', [], 1],
  ['takes it and cuts its answer short', 'cut-answer-after-taking', 'sent', [], 1],
  ['takes it and answers 500', 'error-500-after-taking', 'sent', [], 1],
  ['never answers', 'hang', 'unknown outcome-unknown', ['message-not-delivered'], 0],
  ['answers 500', 'error-500', 'unknown outcome-unknown', ['message-not-delivered'], 0],
  ['cuts the connection', 'close-before-taking', 'unknown outcome-unknown', ['message-not-delivered'], 0],
  ['answers 429', 'busy', 'planned channel-down', [], 1],
  ['reports delivery before it answers', 'report-before-answering', 'delivered', [], 1],
  ['never reports', 'none', 'sent', [], 1],
];

describe('a provider that', () => {
  it.each(ONE_TEXT)('%s: told once, or left to a person', async (_, fault, then, tasks, texts) => {
    await booked(fault);
    expect(await confirmation()).toEqual([`booking-confirmation ${then}`]);
    expect(await openTasks(whole, 'ana')).toEqual(tasks);
    twilio.fault = 'none';
    await whole.advance('PT20H');
    expect(told()).toHaveLength(texts);
    await expectNothingLeaked(whole, twilio.authToken);
  });

  it.each([
    ['twice', ['sent', 'sent', 'delivered', 'delivered']],
    ['out of order', ['delivered', 'sent', 'sending', 'queued']],
    ['failure and then delivery', ['undelivered', 'delivered']],
  ])('reports %s: delivered, and no more is made of it', async (_, statuses) => {
    await booked('none');
    for (const status of statuses) await twilio.report(twilio.texts[0]?.sid ?? '', status);
    await whole.advance('PT1H');
    expect([await confirmation(), await openTasks(whole, 'ana')]).toEqual([['booking-confirmation delivered'], []]);
    expect(told()).toHaveLength(1);
    await expectNothingLeaked(whole, twilio.authToken);
  });

  it('has blocked the number: not tried again, and who must know that a visit moved is called', async () => {
    await start();
    await whole.ehr.store.create(visitOf('one', ['ana'], FRIDAY));
    await whole.advance('PT1H');
    expect(told()).toHaveLength(1);
    twilio.optedOut.add(ANA);
    await whole.ehr.store.update(visitOf('one', ['ana'], '2026-11-30T17:00:00.000Z'));
    await whole.advance('PT1H');
    expect(await fates(whole, 'ana')).toContainEqual('change-notice failed opted-out');
    expect(await openTasks(whole, 'ana')).toEqual(['message-not-delivered']);
    const asked = count('POST');
    await whole.ehr.store.update({ ...visitOf('one', ['ana'], FRIDAY) });
    await whole.advance('P1D');
    expect(asked()).toBe(0);
    await expectNothingLeaked(whole, twilio.authToken);
  });
});

/** How often Twilio is asked from now on. */
function count(method: string): () => number {
  let asked = 0;
  twilio.onRequest = by => {
    if (by === method) asked += 1;
  };
  return () => asked;
}

describe('an account that is suspended', () => {
  const health = async () => (await (await fetch(`${whole.url}/health`)).json()) as Record<string, unknown>;
  const SENTENCE = 'The Twilio account is not active. An administrator has to look at it.';

  it('stops the channel by itself: the operator is told once, nobody is asked in vain, and `resume` says it all', async () => {
    await start();
    twilio.accountStatus = 'suspended';
    await whole.ehr.store.create(visitOf('one', ['ana'], FRIDAY));
    await whole.ehr.store.create(canary('ben', BEN));
    await whole.ehr.store.create(visitOf('two', ['ben'], FRIDAY));
    const asked = count('POST');
    await whole.advance('PT3H');
    expect([asked(), await health()]).toEqual([1, expect.objectContaining({ pausedChannels: { sms: SENTENCE } })]);
    expect(await operatorSees(whole)).toContain(
      `No sms leaves since Mon 2026-11-23 10:10 CST: ${SENTENCE} Then \`resume\`.`,
    );
    expect(whole.logged.filter(line => line.includes('"level":"error"'))).toEqual([expect.stringContaining(SENTENCE)]);
    expect(await confirmation()).toEqual(['booking-confirmation planned channel-down']);
    twilio.accountStatus = 'active';
    await whole.advance('PT1H');
    expect(told(), 'a person resumes, not the clock').toEqual([]);
    await pause(whole.database, false, listener());
    await whole.advance('PT1H');
    expect([told(), told(BEN)]).toEqual([[expect.stringContaining('Nov 27')], [expect.stringContaining('Nov 27')]]);
    expect(await operatorSees(whole)).not.toContain('No sms leaves');
    await expectNothingLeaked(whole, twilio.authToken);
  });

  it('after it had taken a text: the report stops the channel too, and a person sees to the text', async () => {
    await booked('none');
    await twilio.report(twilio.texts[0]?.sid ?? '', 'failed', 30002);
    await whole.advance('PT1H');
    expect(await confirmation()).toEqual(['booking-confirmation failed channel-down']);
    expect(await openTasks(whole, 'ana')).toEqual(['message-not-delivered']);
    expect(await health()).toMatchObject({ pausedChannels: { sms: expect.stringContaining('suspended') } });
    expect(told()).toHaveLength(1);
  });
});

/** One look an hour: the service's own, every few minutes, would only be the same again. */
async function hours(n: number): Promise<void> {
  for (let hour = 0; hour < n; hour += 1) {
    whole.jump('PT1H');
    await whole.settle();
  }
}

describe('24 hours without the provider', () => {
  it.each(['nobody answers', 'busy', 'suspended'] as const)(
    '(%s): what is stale is dropped with its reason, who was not reached is on the list of calls, and only the rest is said',
    async how => {
      await start();
      for (const [id, number] of [
        ['ben', BEN],
        ['cleo', '+13125550103'],
        ['dan', '+13125550104'],
      ] as const)
        await whole.ehr.store.create(canary(id, number));
      await whole.ehr.store.create(visitOf('anas', ['ana'], THURSDAY));
      await whole.ehr.store.create(visitOf('bens', ['ben'], '2026-12-04T17:00:00.000Z'));
      await whole.ehr.store.create(visitOf('dans', ['dan'], THURSDAY));
      await whole.advance('PT24H');
      expect([told().length, told(BEN).length]).toEqual([1, 1]);
      away = how === 'nobody answers';
      twilio.fault = how === 'busy' ? 'busy' : 'none';
      twilio.accountStatus = how === 'suspended' ? 'suspended' : 'active';
      // Ana's and Dan's reminder is due in an hour, and of no use 20 hours later. Ben's visit moves, Dan's is called off.
      await whole.ehr.store.update(visitOf('bens', ['ben'], '2026-12-07T17:00:00.000Z'));
      await hours(12);
      await whole.ehr.store.update(visitOf('dans', ['dan'], THURSDAY, { status: 'cancelled' }));
      await hours(12);
      expect(await fates(whole, 'ana')).toContainEqual('reminder-48h expired channel-was-down');
      expect([await openTasks(whole, 'ana'), await openTasks(whole, 'dan')]).toEqual([['call-patient'], []]);
      const before = twilio.texts.length;
      away = false;
      twilio.fault = 'none';
      twilio.accountStatus = 'active';
      if (how === 'suspended') await pause(whole.database, false, listener());
      await whole.advance('PT2H');
      expect(twilio.texts.slice(before).map(({ to, body }) => [to, body])).toEqual([
        [ANA, expect.stringContaining('bring photo ID')],
        [BEN, expect.stringContaining('Dec 7')],
        ['+13125550104', expect.stringContaining('is off')],
      ]);
      expect(await openTasks(whole, 'ana')).toEqual(['call-patient']);
      await settleAll();
      await expectNothingLeaked(whole, twilio.authToken);
    },
  );
});
