import express from 'express';
import supertest from 'supertest';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { pullBrake, releaseBrake } from '../../sync/store/brake.ts';
import { ANA, person, visitOf } from '../support/chart.ts';
import { openWhole, type Whole } from '../support/whole.ts';
import { explainPage } from './explain-page.ts';
import { TIMEZONE_URL } from './practice/codes.ts';

const DESK = 'http://desk.example';
let whole: Whole;
let app: express.Express;
beforeAll(async () => {
  const before = async ({ store }: Whole['ehr']) => {
    const extension = [{ url: TIMEZONE_URL, valueCode: 'America/Chicago' }];
    await store.create({ resourceType: 'Location', id: 'location-riverside', name: 'Riverside', extension });
    await store.create(person('ana', ANA));
    await store.create(visitOf('one', ['ana'], '2026-11-25T17:00:00.000Z'));
  };
  whole = await openWhole({ before });
  await whole.advance('PT2H');
  app = express().use('/explain', explainPage(whole.service, whole.ehr.store, DESK));
});
afterAll(() => whole.close());

const ask = (path: string, accept: string) => supertest(app).get(`/explain/${path}`).set('accept', accept);

it('tells a person who was told what, in which words, at the hour of the place, and leads back', async () => {
  const { text, status } = await ask('Appointment/one', 'text/html');
  const [sent] = await whole.texts(ANA);
  expect(status).toBe(200);
  expect(text.replaceAll('&#39;', "'")).toContain(`<blockquote>${sent?.body}</blockquote>`);
  expect(text).toMatch(/<main>[\s\S]*<h1>[\s\S]*Mon, Nov 23, 11:00 AM CST[\s\S]*<\/main>/);
  expect(text).toContain(`<a href="${DESK}/desk/visits/one">`);
  expect(text).toContain(`<a href="${DESK}/desk/patients/ana">Ana`);
});

it('shows what would be said by what is still planned', async () => {
  const { text } = await ask('Appointment/one', 'text/html');
  expect(text).toMatch(/<span class="state">planned<\/span><\/p>\s*<blockquote>[^<]*Ana/);
});

it('is told of visits only', async () => {
  const page = await ask('Patient/ana', 'text/html');
  expect([page.status, page.text]).toEqual([404, expect.stringContaining('<h1>That is no visit</h1>')]);
  expect(page.text).toContain(`<a href="${DESK}/desk">`);
  const { status, body, headers } = await ask('Patient/ana', 'application/json');
  expect([status, body, headers['x-explains']]).toEqual([404, {}, 'yes']);
});

it('tells a program references and reasons, and no words', async () => {
  const { body, text } = await ask('Appointment/one', 'application/json');
  expect(body).toMatchObject({ appointment: 'Appointment/one', patients: [{ patient: 'Patient/ana' }] });
  expect(text).not.toContain('Reply C');
});

it('shows what a brake holds back', async () => {
  const { sql } = whole.database;
  const dryRun = { patients: 1, affected: 1, acts: { create: 1 } };
  const brake = await pullBrake(sql, 'policy', dryRun, ['Patient/ana'], whole.now());
  await sql.deleteFrom('message').where('state', '=', 'planned').execute();
  const { text } = await ask('Appointment/one', 'text/html');
  await releaseBrake(sql, brake, 'operator', whole.now());
  expect(text).toContain(`Held by brake ${brake}`);
  expect(text).toContain('would be planned');
  expect((await ask('Appointment/one', 'text/html')).text).not.toContain('Held by brake');
});

it('shows what was said and what was written about the visit, in the order of time', async () => {
  await whole.advance('PT1H');
  await whole.says(ANA, 'C');
  await whole.advance('PT1H');
  await whole.says(ANA, 'Is <parking> free?');
  const { text } = await ask('Appointment/one', 'text/html');
  const order = [
    'Reminder two days before',
    '<b>Written to us</b> <span class="state">taken as yes</span>',
    '<blockquote>C</blockquote>',
    '<b>Our answer</b>',
    '<span class="state">given to a person</span>',
    '<blockquote>Is &lt;parking&gt; free?</blockquote>',
    '<span class="state">planned</span>',
  ];
  const places = order.map(words => text.indexOf(words));
  expect(places).not.toContain(-1);
  expect(places).toEqual(places.toSorted((a, b) => a - b));
  expect(text).toContain(`Text message from ${ANA}, Mon, Nov 23, 1:00 PM CST`);
  expect(text).not.toMatch(/<b>answering|: answering/);
});

it('does not show what was written about another visit', async () => {
  await whole.ehr.store.create(visitOf('two', ['ana'], '2026-12-08T17:00:00.000Z'));
  await whole.advance('PT2H');
  const { text } = await ask('Appointment/two', 'text/html');
  expect(text).toContain('Confirmation of a new booking');
  expect(text).not.toContain('<blockquote>C</blockquote>');
  await whole.says(ANA, 'STOP');
  expect((await ask('Appointment/two', 'text/html')).text).toContain('<blockquote>STOP</blockquote>');
});

it('says so when the service has never seen the visit', async () => {
  const page = await ask('Appointment/none', 'text/html');
  expect([page.status, page.text]).toEqual([404, expect.stringContaining('has not seen this visit yet')]);
  expect((await ask('Appointment/none', 'application/json')).status).toBe(404);
});

it('still says why nothing was sent once the visit is over', async () => {
  const why = async () => (await ask('Appointment/one', 'application/json')).body.patients[0].notPlanned;
  const before = (await why()).map((one: { rule: string }) => one.rule);
  await whole.advance('P7D');
  const after = (await why()).map((one: { rule: string }) => one.rule);
  expect(before).toContain('reminder-24h');
  expect(after).toEqual(expect.arrayContaining(before));
});
