import type { Telling } from '../../sync/domain/plan/plan.ts';
import { byText } from '../../sync/domain/time.ts';
import { messagesOf } from '../../sync/store/find-messages.ts';
import type { MessageRow } from '../../sync/store/message-row.ts';
import { tasksOf } from '../../sync/store/task.ts';
import type { Scene } from './check-send.ts';
import { patientId } from './desk.ts';

/** What a family and the desk would notice: what is to come, what staff have to do, what was said, in this order. */
export interface Ending {
  pending: { key: string; sendAt: string }[];
  tasks: string[];
  texts: string[];
}

export const patientsIn = (family: number) => [0, 1].map(who => `Patient/${patientId(family, who)}`);
export const WENT_OUT = ['sending', 'sent', 'delivered', 'unknown'];

export async function endingOf(whole: Scene, family: number): Promise<Ending> {
  const { sql } = whole.database;
  const ending: Ending = { pending: [], tasks: [], texts: [] };
  for (const patient of patientsIn(family)) {
    const rows = await messagesOf(sql, patient);
    ending.pending.push(...rows.filter(row => row.state === 'planned').map(({ key, sendAt }) => ({ key, sendAt })));
    // In which order somebody hears of two visits that have nothing to do with each other may hang on a minute.
    const said = rows
      .filter(row => WENT_OUT.includes(row.state))
      .sort((a, b) => byText(visitsOf(a), visitsOf(b)) || byText(a.sentAt ?? '', b.sentAt ?? ''));
    ending.texts.push(
      ...said.map(
        row => `${row.key.replace(/answering\|.*/, 'answering')}: ${row.text} ${row.tells.map(truth).join(', ')}`,
      ),
    );
    const tasks = await tasksOf(sql, patient);
    ending.tasks.push(
      ...tasks.filter(task => task.state === 'open').map(task => task.key.replace(/answering\|[^#]*/, 'answering')),
    );
  }
  return { ...ending, tasks: ending.tasks.sort() };
}

const visitsOf = ({ tells }: MessageRow) => tells.map(telling => telling.appointment).join();

export const truth = ({ appointment, live, start, telehealth, location, practitioner }: Telling) =>
  [appointment, live, start, telehealth, location, practitioner].join(' ');
