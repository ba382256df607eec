import type { Appointment } from '@medplum/fhirtypes';
import { expect, it } from 'vitest';
import { newTraceparent, readTraceparent, sharedTrace, traced } from '../../sync/domain/trace.ts';
import { SECRET_HEADER } from '../../sync/fhir/notification/verify.ts';
import { ANA, BEN, person, visitOf } from '../support/chart.ts';
import { SECRET, type Whole } from '../support/whole.ts';
import { wholes } from '../support/wholes.ts';

const open = wholes();
const FRIDAY = '2026-11-27T17:00:00.000Z';
const NEXT_MONDAY = '2026-11-30T17:00:00.000Z';
const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const SENT = `00-${TRACE}-00f067aa0ba902b7-01`;

it.each([
  ['as the specification shows it', SENT, SENT],
  ['of a later version', SENT.replace('00-', 'ff-'), undefined],
  ['of no trace', SENT.replace(TRACE, '0'.repeat(32)), undefined],
  ['of no span', SENT.replace('00f067aa0ba902b7', '0'.repeat(16)), undefined],
  ['in capitals', SENT.toUpperCase(), undefined],
  ['with something behind it', `${SENT}\nAna`, undefined],
  ['twice', [SENT, SENT], undefined],
  ['none', undefined, undefined],
])('a traceparent %s', (_, header, expected) => expect(readTraceparent(header)).toBe(expected));

it('one of our own is made of an id, and is as a traceparent has to be', () => {
  const made = newTraceparent('0b8a8f0e-5c7e-4d59-9a3e-2f6f1f0c9d11');
  expect(readTraceparent(made)).toBe(made);
  expect(traced(made)).toEqual({ trace: '0b8a8f0e5c7e4d599a3e2f6f1f0c9d11' });
  expect(traced(undefined)).toEqual({});
});

it.each([
  [[SENT, SENT], SENT],
  [[SENT, newTraceparent('0b8a8f0e-5c7e-4d59-9a3e-2f6f1f0c9d11')], undefined],
  [[SENT, undefined], undefined],
  [[], undefined],
])('what %j share', (all, expected) => expect(sharedTrace(all)).toBe(expected));

/** What the log says of a trace, in order; what happens again (a plan changes once more when all is said) once. */
const story = ({ logged }: Whole, trace: string): string[] => [
  ...new Set(
    logged
      .map(line => JSON.parse(line))
      .filter(line => line.trace === trace)
      .map(({ message, patient = '', channel = '' }) => `${message} ${patient}${channel}`.trim()),
  ),
];

const traceBehind = ({ logged }: Whole, patient: string): string =>
  logged.map(line => JSON.parse(line)).find(line => line.patient === patient && line.trace)?.trace ?? '';

it('leads from each notification to the text that it led to, though both are planned together', async () => {
  const whole = await open({
    async before({ store }) {
      for (const one of [person('ana', ANA), person('ben', BEN)]) await store.create(one);
      for (const id of ['ana', 'ben']) await store.create(visitOf(`of-${id}`, [id], FRIDAY));
    },
  });
  whole.ehr.faults.dropNotifications = true;
  const knock = async (id: string, headers: Record<string, string>) => {
    const visit = (await whole.ehr.store.read('Appointment', id)) as Appointment;
    const moved = await whole.ehr.store.update({ ...visit, start: NEXT_MONDAY, end: '2026-11-30T17:30:00.000Z' });
    const response = await fetch(`${whole.url}/hooks/fhir/ehr/Appointment/${id}`, {
      method: 'PUT',
      headers: { [SECRET_HEADER]: SECRET, 'content-type': 'application/fhir+json', ...headers },
      body: JSON.stringify(moved),
    });
    expect(response.status).toBe(200);
  };
  await knock('of-ana', { traceparent: SENT });
  await knock('of-ben', { traceparent: 'nonsense' });
  await whole.advance('PT1H');
  const own = traceBehind(whole, 'Patient/ben');
  expect(own).toMatch(/^[0-9a-f]{32}$/);
  const told = (patient: string) => [
    'A notification was kept.',
    `A plan changed. ${patient}`,
    'A message was handed over. phone-sms',
  ];
  expect([story(whole, TRACE), story(whole, own)]).toEqual([told('Patient/ana'), told('Patient/ben')]);
});

it('leads from what a patient wrote to our answer', async () => {
  const whole = await open({
    async before({ store }) {
      await store.create(person('ana', ANA));
      await store.create(visitOf('one', ['ana'], FRIDAY));
    },
  });
  await whole.says(ANA, 'HELP');
  const received = whole.logged.map(line => JSON.parse(line)).find(line => line.message === 'A message was received.');
  expect(story(whole, received.trace)).toEqual([
    'A message was received. phone-sms',
    'A message was handed over. phone-sms',
  ]);
});
