import type { Consent, RelatedPerson } from '@medplum/fhirtypes';
import { expect, it } from 'vitest';
import { LOOPKEEPER } from '../../sync/domain/facts/fhir.ts';
import { deliver } from '../../sync/reconcile/deliver.ts';
import { lookAgain } from '../../sync/reconcile/look-again.ts';
import { takeIn } from '../../sync/reconcile/observe.ts';
import { messagesOf } from '../../sync/store/find-messages.ts';
import { ANA, BEN, child, motherOf, person, visitOf } from '../support/chart.ts';
import type { Whole, WholeOptions } from '../support/whole.ts';
import { wholes } from '../support/wholes.ts';

const open = wholes();
const FRIDAY = '2026-11-27T16:00:00.000Z';

/** Ana's visit has stood in the chart for long; nobody tells us of changes. */
const known = (options: WholeOptions = {}) =>
  open({
    hears: 'poll',
    async before(ehr, jump) {
      await ehr.store.create(person('ana', ANA));
      await ehr.store.create(visitOf('one', ['ana'], FRIDAY));
      jump('PT1H');
    },
    ...options,
  });

const reminder = async (whole: Whole) =>
  (await messagesOf(whole.database.sql, 'Patient/ana')).find(row => row.rule === 'reminder-48h');

it('sends nothing about a visit that the new plan brings in, before that one was read again too', async () => {
  const whole = await known();
  await whole.advance('P1DT22H');
  // Read a while ago, and called off since.
  const two = await whole.ehr.store.create(visitOf('two', ['ana'], '2026-11-27T20:00:00.000Z'));
  await takeIn(whole.service, { resources: [two], deleted: [], imported: true });
  await whole.ehr.store.update({ ...two, status: 'cancelled' });
  whole.jump('PT1H');
  const key = (await reminder(whole))?.key ?? '';
  await deliver(whole.service, key);
  expect(await whole.texts()).toEqual([]);
  await deliver(whole.service, key);
  expect((await whole.texts()).map(text => text.body)).toEqual([expect.not.stringContaining('2:00 PM')]);
});

it('writes nothing when the record is as it was, and what has changed when it is not', async () => {
  const statements: string[] = [];
  const whole = await known({
    through: database => ({
      ...database,
      sql: database.sql.withPlugin({
        transformQuery({ node }) {
          statements.push(node.kind);
          return node;
        },
        transformResult: async ({ result }) => result,
      }),
    }),
  });
  const look = async () => {
    statements.length = 0;
    expect(await lookAgain(whole.service, ['Patient/ana', 'Appointment/one'])).toBe(true);
    return statements.filter(kind => kind !== 'SelectQueryNode').length;
  };
  expect(await look()).toBe(0);
  const one = await whole.ehr.store.read('Appointment', 'one');
  await whole.ehr.store.update({ ...one, status: 'cancelled' });
  expect(await look()).toBeGreaterThan(0);
  expect(await look()).toBe(0);
  await whole.ehr.store.delete('Appointment', 'one');
  expect(await look()).toBeGreaterThan(0);
});

it('sends nothing to a guardian whose right has ended a moment ago', async () => {
  const whole = await known({
    async before(ehr, jump) {
      await ehr.store.create(child('kim'));
      await ehr.store.create(motherOf('kim', BEN));
      await ehr.store.create(visitOf('one', ['kim'], FRIDAY));
      jump('PT1H');
    },
  });
  await whole.advance('P1DT22H');
  const mother = (await whole.ehr.store.read('RelatedPerson', 'mother-of-kim')) as RelatedPerson;
  await whole.ehr.store.update({ ...mother, active: false });
  await whole.advance('PT6H');
  expect(await whole.texts()).toEqual([]);
  const rows = await messagesOf(whole.database.sql, 'Patient/kim');
  expect(rows.find(row => row.rule === 'reminder-48h')).toMatchObject({ reason: 'minor-without-guardian' });
});

const consentOf = (patient: string, type: 'permit' | 'deny'): Consent => ({
  resourceType: 'Consent',
  id: `consent-of-${patient}`,
  status: 'active',
  scope: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/consentscope', code: 'patient-privacy' }] },
  category: [{ coding: [{ system: `${LOOPKEEPER}/CodeSystem/consent-category`, code: 'messaging' }] }],
  patient: { reference: `Patient/${patient}` },
  dateTime: '2026-11-01',
  policyRule: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'OPTIN' }] },
  provision: { type, code: [{ coding: [{ system: `${LOOPKEEPER}/CodeSystem/medium`, code: 'sms' }] }] },
});

it('sends nothing to somebody whose consent says no since a moment ago', async () => {
  const whole = await known({
    async before(ehr, jump) {
      await ehr.store.create(person('ana', ANA));
      await ehr.store.create(visitOf('one', ['ana'], FRIDAY));
      await ehr.store.create(consentOf('ana', 'permit'));
      jump('PT1H');
    },
  });
  await whole.advance('P1DT22H');
  const consent = await whole.ehr.store.read('Consent', 'consent-of-ana');
  await whole.ehr.store.update({ ...consent, ...consentOf('ana', 'deny') });
  await whole.advance('PT6H');
  expect(await whole.texts()).toEqual([]);
  expect(await reminder(whole)).toMatchObject({ reason: 'opted-out' });
});
