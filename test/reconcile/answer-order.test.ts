import type { Appointment } from '@medplum/fhirtypes';
import type { KyselyPlugin, RootOperationNode } from 'kysely';
import { describe, expect, it } from 'vitest';
import { answer, answerAll, receive } from '../../sync/reconcile/answer.ts';
import { stopsAt } from '../../sync/store/opt-out.ts';
import { repliesOf } from '../../sync/store/reply.ts';
import { ANA, BEN, person, visitOf } from '../support/chart.ts';
import { tasksIn } from '../support/in-chart.ts';
import { PRACTICE, type Whole, type WholeOptions } from '../support/whole.ts';
import { wholes } from '../support/wholes.ts';

const openNext = wholes();
let whole: Whole;

/** Monday noon; Ana comes on Wednesday at eleven, and has been reminded. */
async function reminded(options: WholeOptions = {}) {
  const before = async ({ store }: Whole['ehr']) => {
    await store.create(person('ana', ANA));
    await store.create(visitOf('one', ['ana'], '2026-11-25T17:00:00.000Z'));
  };
  whole = await openNext({ before, ...options });
  await whole.advance('PT2H');
}

/** Stored, and not looked at yet. */
async function hears(body: string, from = ANA, receivedAt = whole.now()): Promise<string> {
  const message = { channel: 'phone-sms', medium: 'sms', from, to: PRACTICE.sms, body, receivedAt } as const;
  await receive(whole.service, { ...message, providerId: body, attachments: [] });
  const row = whole.database.sql.selectFrom('inbound').select('id').where('body', '=', body);
  return (await row.executeTakeFirstOrThrow()).id;
}

/** The next so many questions to the EHR about a visit wait until they are let go; `asked`: all of them are waiting. */
function slowly() {
  const held = { next: 0, asked: Promise.withResolvers<void>(), letGo: Promise.withResolvers<void>() };
  const slow: typeof fetch = async (input, init) => {
    if (held.next > 0 && String(input instanceof Request ? input.url : input).includes('Appointment')) {
      held.next -= 1;
      if (held.next === 0) held.asked.resolve();
      await held.letGo.promise;
    }
    return fetch(input, init);
  };
  return { held, slow };
}

const texts = async () => (await whole.texts(ANA)).map(text => text.body).slice(1);
const status = async () => ((await whole.ehr.store.read('Appointment', 'one')) as Appointment).participant[0]?.status;
const open = async () =>
  (await tasksIn(whole)).filter(t => t.status === 'requested').map(t => t.code?.coding?.[0]?.code);
const meanings = async () => (await repliesOf(whole.database.sql, 'Patient/ana')).map(reply => reply.meaning);

const heardInOrder = async () => {
  const entries = whole.database.sql.selectFrom('journal').select('key').where('what', '=', 'answer');
  return (await entries.orderBy('seq').execute()).map(entry => entry.key);
};

const NO = "Sorry, I can't make it";

/** The visit is not confirmed, and staff know that she asks to cancel. */
async function theNoCounts() {
  expect(await meanings()).toEqual(['confirm', 'cancel']);
  expect((await texts()).at(-1)).toMatch(/thanks for telling us/);
  expect(await open()).toEqual(['cancel-request']);
  await whole.advance('PT5M');
  expect(await open()).toEqual(['cancel-request']);
}

describe('a no is not overtaken by the yes before it', () => {
  it('whichever the workers take up first', async () => {
    await reminded();
    const yes = await hears('C');
    whole.jump('PT1M');
    const no = await hears(NO);
    await answer(whole.service, no);
    await answer(whole.service, yes);
    await whole.settle();
    expect(await heardInOrder()).toEqual([yes, no]);
    await theNoCounts();
  });

  it('both at once, while the EHR is slow to show the visit for the yes', async () => {
    const { held, slow } = slowly();
    await reminded({ fetch: slow });
    const yes = await hears('C');
    whole.jump('PT1M');
    const no = await hears(NO);
    held.next = 1;
    const first = answer(whole.service, yes);
    await held.asked.promise;
    await answer(whole.service, no);
    held.letGo.resolve();
    await first;
    await whole.settle();
    expect(await heardInOrder()).toEqual([yes, no]);
    await theNoCounts();
  });

  it('stored only after the no was handled', async () => {
    await reminded();
    const earlier = whole.now();
    whole.jump('PT1M');
    await whole.says(ANA, NO);
    await hears('C', ANA, earlier);
    await whole.settle();
    await theNoCounts();
    expect((await texts()).join()).not.toMatch(/You are confirmed/);
    expect(await status()).toBe('needs-action');
  });
});

it('a START is not overtaken by the STOP before it', async () => {
  await reminded();
  await hears('STOP');
  whole.jump('PT1M');
  await answer(whole.service, await hears('START'));
  await whole.settle();
  expect(await stopsAt(whole.database.sql, [ANA])).toEqual([]);
});

it('of two at once, one confirms and the other is told that it is confirmed already', async () => {
  const { held, slow } = slowly();
  await reminded({ fetch: slow });
  const ids = [await hears('C'), await hears('Yes')];
  held.next = ids.length;
  const both = Promise.all(ids.map(id => answer(whole.service, id)));
  await held.asked.promise;
  held.letGo.resolve();
  await both;
  await whole.settle();
  expect(await texts()).toEqual([
    expect.stringMatching(/You are confirmed/),
    expect.stringMatching(/already have you confirmed/),
  ]);
});

it('an answer counts from when it was received, not from when we came to handle it', async () => {
  await reminded();
  const receivedAt = whole.now();
  await hears('C');
  whole.jump('PT30M');
  await whole.settle();
  expect(await repliesOf(whole.database.sql, 'Patient/ana')).toMatchObject([{ meaning: 'confirm', at: receivedAt }]);
});

/** No answer about a visit can be stored. */
const noReplies: KyselyPlugin = {
  transformQuery({ node }) {
    if (isReply(node)) throw new TypeError(`It fails on +1312 and on her words.`);
    return node;
  },
  transformResult: async ({ result }) => result,
};
const isReply = (node: RootOperationNode) =>
  node.kind === 'InsertQueryNode' && node.into?.table.identifier.name === 'reply';

describe('a message whose handling fails whenever it is tried', () => {
  const failing = () => reminded({ through: database => ({ ...database, sql: database.sql.withPlugin(noReplies) }) });
  const unhandled = async () =>
    (await whole.database.sql.selectFrom('inbound').select('body').where('handled_at', 'is', null).execute()).map(
      row => row.body,
    );

  it('keeps nobody else waiting, and its own address not for long; then a person reads it', async () => {
    await failing();
    await hears('C');
    whole.jump('PT1M');
    await hears('Where can I park?');
    await hears('HELP', BEN);
    await whole.settle();
    // What comes after it may depend on it, so it waits a little too.
    expect(await unhandled()).toEqual(['C', 'Where can I park?']);
    expect(await whole.texts(BEN)).toHaveLength(1);
    expect(await texts()).toEqual([]);
    whole.jump('PT1M');
    await whole.settle();
    expect(await unhandled()).toEqual([]);
    const asked = await tasksIn(whole);
    expect(asked.map(task => task.code?.coding?.[0]?.code)).toEqual(['identify-sender', 'answer-patient']);
    expect(asked[0]?.description).toContain('“C”');
    expect((await texts()).join()).not.toMatch(/confirmed/);
    expect(whole.logged.join()).not.toMatch(/\+1312/);
  });

  it('is tried again as long as it may pass, and the caller hears of it', async () => {
    await failing();
    const id = await hears('C');
    await expect(answer(whole.service, id)).rejects.toThrow(TypeError);
    expect(await answerAll(whole.service)).toBe(0);
    expect(await unhandled()).toEqual(['C']);
    expect(await open()).toEqual([]);
  });
});
