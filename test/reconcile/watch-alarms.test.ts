import { expect, it } from 'vitest';
import { alarmLines } from '../../sync/cli/alarm-lines.ts';
import { openMetrics } from '../../sync/http/metrics.ts';
import { type Watchman, watchAlarms } from '../../sync/reconcile/watch-alarms.ts';
import { setPaused } from '../../sync/store/control.ts';
import { ANA, person, visitOf } from '../support/chart.ts';
import type { Whole, WholeOptions } from '../support/whole.ts';
import { wholes } from '../support/wholes.ts';

const openNext = wholes();
/** Never told of anything: what a hook left behind would be an alarm of its own. */
const open = (options: WholeOptions = {}) => openNext({ ...options, hears: 'poll' });
const MAIL = 'on-call@riverside.example';
const WATCHMAN: Watchman = {
  owners: { operator: { email: [MAIL] }, administrator: { email: [] } },
  secretsEnd: {},
  addresses: [],
};
/** Looks every five minutes, as the clockwork does. */
async function watch(whole: Whole, rounds: number, watchman = WATCHMAN) {
  for (let i = 0; i < rounds; i++) {
    whole.jump('PT5M');
    await watchAlarms(whole.service, watchman, 'test');
  }
}
const mails = async (whole: Whole) =>
  (await whole.texts(MAIL)).map(({ subject, body }) => `${subject}\n${body}`.replaceAll(/\d{4}-\S+Z/g, 'THEN'));
const inLog = (whole: Whole) => whole.logged.filter(line => /larm/.test(line)).map(line => JSON.parse(line).message);

it('calls the operator by e-mail when the EHR cannot be read, once, and says when that is over', async () => {
  const whole = await open({ before: ({ store }) => store.create(person('ana', ANA)) });
  await watch(whole, 6);
  expect(await mails(whole)).toEqual([
    [
      'Loopkeeper alarm: ehr-unreachable',
      'The EHR has not been read; nothing is sent meanwhile.',
      'EHR: Appointment, Communication, Consent, Patient, RelatedPerson, ServiceRequest not read since THEN',
      'Since THEN.',
      'What to do: docs/operations.md, "The EHR is away".',
    ].join('\n'),
  ]);
  expect(await alarmLines(whole.database.sql, whole.now(), 'America/Chicago')).toEqual([
    expect.stringMatching(/^ALARM for the operator: The EHR has not been read.*"The EHR is away"/),
  ]);
  expect(await openMetrics(whole.service).text()).toContain(
    'loopkeeper_alarm{alarm="ehr-unreachable",owner="operator"} 1',
  );
  await whole.poll();
  await watchAlarms(whole.service, WATCHMAN, 'test');
  await watch(whole, 1);
  expect((await mails(whole)).at(-1)).toMatch(/^Loopkeeper: over: ehr-unreachable\n/);
  expect(inLog(whole)).toEqual(['Alarm: The EHR has not been read; nothing is sent meanwhile.', 'An alarm is over.']);
  expect(await alarmLines(whole.database.sql, whole.now(), 'America/Chicago')).toEqual([]);
});

it('calls again in the next round whom the mail server did not let be called', async () => {
  const whole = await open();
  await setPaused(whole.database.sql, true, 'test', whole.now());
  const watchman = { ...WATCHMAN, owners: { operator: { email: [] }, administrator: { email: [MAIL] } } };
  whole.jump('PT4H');
  await whole.poll();
  whole.phones.send = 'refuses';
  await watchAlarms(whole.service, watchman, 'test');
  await whole.poll();
  whole.jump('PT4H');
  await watchAlarms(whole.service, watchman, 'test');
  expect(await mails(whole)).toEqual([]);
  whole.phones.send = 'works';
  await watch(whole, 1, watchman);
  expect((await mails(whole))[0]).toMatch(/^Loopkeeper alarm: paused\n/);
});

it('notices a place of whose visits nobody is told, and a certificate and a secret that end', async () => {
  const whole = await open({
    before: async ({ store }) => {
      await store.create(person('ana', undefined));
      for (const day of [1, 2, 3, 4, 5])
        await store.create(visitOf(`visit-${day}`, ['ana'], `2026-12-0${day}T17:00:00.000Z`));
    },
  });
  await whole.poll();
  await watchAlarms(whole.service, { ...WATCHMAN, secretsEnd: { EHR_TOKEN: '2026-11-30' } }, 'test');
  const lines = await alarmLines(whole.database.sql, whole.now(), 'America/Chicago');
  expect(lines).toContainEqual(expect.stringMatching(/^ALARM for the administrator: .*Location\/\S+: 5 visits ahead/));
  expect(lines).toContainEqual(expect.stringContaining('EHR_TOKEN: ends on 2026-11-30'));
});

it('says nothing about anybody', async () => {
  const whole = await open({
    before: async ({ store }) => {
      await store.create(person('ana', ANA));
      await store.create(visitOf('visit', ['ana'], '2026-11-25T17:00:00.000Z'));
    },
  });
  await whole.advance('PT1H');
  await watch(whole, 8);
  const said = [...(await mails(whole)), ...whole.logged.filter(line => /larm/.test(line))].join('\n');
  expect(said).not.toBe('');
  expect(said).not.toMatch(/Patient\/|Appointment\/|ana|\+1/i);
});
