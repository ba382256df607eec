import { expect, it } from 'vitest';
import { receive } from '../../sync/reconcile/answer.ts';
import { stopsAt } from '../../sync/store/opt-out.ts';
import { ANA, person, visitOf } from '../support/chart.ts';
import { PRACTICE, type Whole } from '../support/whole.ts';
import { wholes } from '../support/wholes.ts';

const openNext = wholes();
let whole: Whole;

async function open(visits: boolean): Promise<void> {
  const before = async ({ store }: Whole['ehr']) => {
    await store.create(person('ana', ANA));
    if (visits) await store.create(visitOf('one', ['ana'], '2026-11-25T17:00:00.000Z'));
  };
  whole = await openNext({ before });
  await whole.advance('PT2H');
}

/** Twilio with Advanced Opt-Out takes "yes" for START, lifts its own block and says so in its own words. */
async function saysThroughTwilio(body: string): Promise<void> {
  await receive(whole.service, {
    channel: 'twilio',
    medium: 'sms',
    providerId: `SM-${body}`,
    from: ANA,
    to: PRACTICE.sms,
    body,
    receivedAt: whole.now(),
    attachments: [],
    providerKeyword: 'start',
  });
  await whole.settle();
}

const lastText = async () => (await whole.texts(ANA)).at(-1)?.body;

it('a "Yes" that the provider takes for START is still an answer about the visit, and is answered', async () => {
  await open(true);
  await saysThroughTwilio('Yes');
  expect(await lastText()).toMatch(/You are confirmed for Wed, Nov 25/);
});

it('after a STOP it lets the texts run again, and confirms nothing', async () => {
  await open(true);
  await whole.says(ANA, 'STOP');
  expect(await stopsAt(whole.database.sql, [ANA])).toHaveLength(1);
  await saysThroughTwilio('Yes');
  expect(await stopsAt(whole.database.sql, [ANA])).toEqual([]);
  expect(await lastText()).not.toMatch(/confirmed/);
});

it.each([
  ['START', true],
  ['Yes', false],
])('%s, a visit told: %s, is START and nothing else, which the provider answers', async (body, visits) => {
  await open(visits);
  await whole.says(ANA, 'STOP');
  const before = (await whole.texts(ANA)).length;
  await saysThroughTwilio(body);
  expect(await stopsAt(whole.database.sql, [ANA])).toEqual([]);
  expect(await whole.texts(ANA)).toHaveLength(before);
});
