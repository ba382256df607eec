import { expect, it } from 'vitest';
import { ANA, person, visitOf } from '../support/chart.ts';
import { communicationsIn, tasksIn } from '../support/in-chart.ts';
import type { Whole } from '../support/whole.ts';
import { wholes } from '../support/wholes.ts';

const STRANGER = '+13125550177';

const openNext = wholes();
let whole: Whole;

/** Ana, and Leo on the same number. */
async function open(...shared: string[]): Promise<void> {
  const before = async ({ store }: Whole['ehr']) => {
    for (const id of ['ana', ...shared]) await store.create(person(id, ANA));
    await store.create(visitOf('one', ['ana'], '2026-11-25T17:00:00.000Z'));
  };
  whole = await openNext({ before });
}

const onlyTask = async () => (await tasksIn(whole)).at(0) ?? expect.fail('There is no Task.');
const heard = async () => (await communicationsIn(whole)).find(one => one.received);
const answered = async () => (await communicationsIn(whole)).find(one => one.inResponseTo);
const tel = (number: string) => ({ identifier: { system: 'urn:ietf:rfc:3986', value: `tel:${number}` } });

it('somebody unknown: the number to call, the words, and both in the chart', async () => {
  await open();
  await whole.says(STRANGER, 'I have chest pain');
  const task = await onlyTask();
  expect(task.description).toBe(
    `Somebody we do not know (${STRANGER}) wrote to us. Find out who it is, and answer. They wrote: “I have chest pain”`,
  );
  expect(await heard()).toMatchObject({ sender: tel(STRANGER), payload: [{ contentString: 'I have chest pain' }] });
  expect(task.reasonReference?.identifier).toEqual((await heard())?.identifier?.[0]);
  expect(await answered()).toMatchObject({ recipient: [tel(STRANGER)] });
  expect((await answered())?.inResponseTo?.[0]?.identifier).toEqual((await heard())?.identifier?.[0]);
});

it('a shared number: who it may be from', async () => {
  await open('leo');
  await whole.says(ANA, 'Can you call me?');
  const task = await onlyTask();
  expect(task.description).toMatch(/^One of those who share a number, Ana or Leo, \(\+13125550101\) wrote to us/);
  expect(task.input?.map(one => one.valueReference?.reference)).toEqual(['Patient/ana', 'Patient/leo']);
  expect(task.for).toBeUndefined();
});

it('somebody known: their answer is about the visit, and the Task leads to the message', async () => {
  await open();
  await whole.advance('PT2H');
  await whole.says(ANA, 'R');
  const message = (await heard()) ?? expect.fail('It is not in the chart.');
  expect(message).toMatchObject({
    subject: { reference: 'Patient/ana' },
    sender: { reference: 'Patient/ana' },
    about: [{ reference: 'Appointment/one' }],
  });
  expect(await onlyTask()).toMatchObject({
    focus: { reference: 'Appointment/one' },
    reasonReference: { identifier: message.identifier?.[0] },
  });
});

it('START promises nothing that the chart forbids', async () => {
  await open();
  await whole.says(ANA, 'wrong number');
  await whole.says(ANA, 'START');
  expect((await whole.texts(ANA)).at(-1)?.body).toMatch(/we got your message/);
  expect((await tasksIn(whole)).map(task => task.code?.coding?.[0]?.code).sort()).toEqual([
    'texts-wanted',
    'wrong-number',
  ]);
});

it('an e-mail is answered by e-mail', async () => {
  const address = 'ana@example.org';
  const before = async ({ store }: Whole['ehr']) => {
    await store.create(person('ana', undefined, { telecom: [{ system: 'email', value: address }] }));
    await store.create(visitOf('one', ['ana'], '2026-11-25T17:00:00.000Z'));
  };
  whole = await openNext({ before });
  await whole.advance('PT2H');
  await whole.says(address, 'Yes, I will be there', 'email');
  expect((await whole.texts(address)).map(one => [one.medium, one.body.split('\n')[0]])).toEqual([
    ['email', 'Hello,'],
    ['email', 'Thank you. You are confirmed for Wed, Nov 25 at 11:00 AM.'],
  ]);
});
