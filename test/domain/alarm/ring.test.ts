import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { ALARMS, type Alarm } from '../../../sync/domain/alarm/alarm.ts';
import { ring } from '../../../sync/domain/alarm/ring.ts';

const SIGNAL = { alarm: 'subscription-down' as const, subject: 'Patient?', detail: 'wrong' };
const at = (time: string) => `2026-11-23T${time}:00.000Z`;
const known = (since: string, toldAt?: string): Alarm => ({ ...SIGNAL, since, ...(toldAt ? { toldAt } : {}) });

it.each<[name: string, before: Alarm[], now: string, tell: boolean, since: string]>([
  ['just seen: it may go by itself', [], at('10:00'), false, at('10:00')],
  ['seen a while ago', [known(at('10:00'))], at('10:10'), false, at('10:00')],
  ['it has lasted', [known(at('10:00'))], at('10:15'), true, at('10:00')],
  ['told', [known(at('10:00'), at('10:15'))], at('20:00'), false, at('10:00')],
  [
    'told yesterday, and nobody did anything',
    [known('2026-11-22T10:00:00.000Z', '2026-11-22T10:15:00.000Z')],
    at('10:15'),
    true,
    '2026-11-22T10:00:00.000Z',
  ],
])('%s', (_, before, now, tell, since) => {
  const { standing, tell: called, over } = ring(before, [SIGNAL], now);
  expect(standing).toMatchObject([{ ...SIGNAL, since }]);
  expect(called).toEqual(tell ? standing : []);
  expect(over).toEqual([]);
});

it('says that it is over only to whom it was told', () => {
  const told = known(at('10:00'), at('10:15'));
  expect(ring([told, { ...known(at('10:00')), subject: 'Task?' }], [], at('11:00'))).toEqual({
    standing: [],
    tell: [],
    over: [told],
  });
});

it('tells one subject from another', () => {
  const other = { ...SIGNAL, subject: 'Appointment?' };
  expect(ring([known(at('10:00'), at('10:15'))], [SIGNAL, other], at('12:00')).standing.map(one => one.since)).toEqual([
    at('10:00'),
    at('12:00'),
  ]);
});

it.each(Object.entries(ALARMS))('%s has its paragraph in the operations page', (alarm, { runbook }) => {
  const page = readFileSync('docs/operations.md', 'utf8');
  expect(page).toContain(`\n## ${runbook}\n`);
  expect(page).toContain(`\`${alarm}\``);
});
