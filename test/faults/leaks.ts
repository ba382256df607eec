import { expect } from 'vitest';
import { status } from '../../sync/cli/status.ts';
import { messagesOf } from '../../sync/store/find-messages.ts';
import { firstBrokenSeal } from '../../sync/store/journal.ts';
import { tasksOf } from '../../sync/store/task.ts';
import { listener } from '../cli/hears.ts';
import { person } from '../support/chart.ts';
import { SECRET, type Whole } from '../support/whole.ts';

/** Somebody whose name, if it shows up where it does not belong, cannot be there by chance. Texts begin with it. */
export const canary = (id: string, number: string) =>
  person(id, number, { name: [{ given: [`Zzgiven${id}`], family: 'Zzfamily' }] });

/** What a fault may cost: time. Not a name, a number, a word or a secret in what anybody but staff can see, nor the journal. */
export async function expectNothingLeaked(whole: Whole, ...secrets: string[]): Promise<void> {
  const journal = await whole.database.sql.selectFrom('journal').selectAll().execute();
  const doors = await Promise.all(
    ['/metrics', '/health', '/readyz'].map(async path => (await fetch(`${whole.url}${path}`)).text()),
  );
  const seen = [JSON.stringify(journal), ...doors, await operatorSees(whole), ...whole.logged].join('\n');
  expect(seen).not.toMatch(/Zzgiven|Zzfamily|31255501/);
  for (const secret of [SECRET, ...secrets]) expect(seen).not.toContain(secret);
  expect(await firstBrokenSeal(whole.database.sql)).toBeUndefined();
}

/** `loopkeeper status`. */
export async function operatorSees(whole: Whole): Promise<string> {
  const out = listener();
  await status(whole.database, out);
  return out.text();
}

/** Of one patient: rule, state and reason of each message, as the table has them. */
export const fates = async ({ database }: Whole, id: string): Promise<string[]> =>
  (await messagesOf(database.sql, `Patient/${id}`)).map(({ rule, state, reason }) =>
    [rule, state, reason].filter(Boolean).join(' '),
  );

export const openTasks = async ({ database }: Whole, id: string): Promise<string[]> =>
  (await tasksOf(database.sql, `Patient/${id}`)).filter(task => task.state === 'open').map(task => task.code);

export const words = async (whole: Whole, address?: string): Promise<string[]> =>
  (await whole.texts(address)).map(text => text.body);
