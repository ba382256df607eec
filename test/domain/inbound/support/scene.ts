import { decide } from '../../../../sync/domain/inbound/decide.ts';
import type { Reply } from '../../../../sync/domain/inbound/keywords.ts';
import type { Prompt } from '../../../../sync/domain/inbound/prompt.ts';
import { FRIDAY, NOON, THURSDAY } from '../../../support/scene.ts';

export type Situation = Parameters<typeof decide>[1];
export type Decision = ReturnType<typeof decide>;

export const ADDRESS = '+13125550101';
const told = { appointment: 'Appointment/one', live: true, start: FRIDAY, telehealth: false, zone: 'America/Chicago' };
export const prompt = (changes: Partial<Prompt> = {}): Prompt => ({
  patient: 'Patient/ana',
  firstName: 'Ana',
  appointment: 'Appointment/one',
  start: FRIDAY,
  standing: 'holds',
  told: { ...told, appointment: changes.appointment ?? 'Appointment/one' },
  asked: true,
  ...changes,
});
export const one = prompt();
export const two = prompt({ appointment: 'Appointment/two', start: THURSDAY });
export const family = prompt({ patient: 'Patient/leo', firstName: 'Leo', appointment: 'Appointment/leos' });

export const situation = (changes: Partial<Situation> = {}): Situation => ({
  now: NOON,
  patients: ['Patient/ana'],
  prompts: [one],
  untold: [],
  answered: false,
  stopped: false,
  chatty: false,
  barred: [],
  ...changes,
});
export const says = (meaning: Reply['meaning'], changes: Partial<Situation> = {}, more: Partial<Reply> = {}) =>
  decide({ meaning, ...more } as Reply, situation(changes));

/** The parts of a decision that a table can show in one line. */
export const inShort = ({ outcome, answer, replies, tasks, stop, lift, ask }: Decision) => ({
  outcome,
  answer: answer?.text,
  replies: replies.map(({ reply }) => `${reply.meaning} ${reply.appointment}`),
  tasks: tasks.map(task => `${task.code} ${task.patient || 'somebody'}`),
  ...(stop ? { stop } : {}),
  ...(lift ? { lift } : {}),
  ...(ask ? { asks: ask.options.length } : {}),
});
export const nothing = { replies: [], tasks: [] };
