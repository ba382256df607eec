import type { Reference } from '../facts/fact.ts';
import { openPrompts } from './candidates.ts';
import { chosen } from './decide-choice.ts';
import { aboutVisit, isAssent, onlyPatient } from './decide-visit.ts';
import type { Decision, Situation } from './decision.ts';
import type { Reply } from './keywords.ts';
import { toPerson } from './to-person.ts';

const nothing = { replies: [], tasks: [] };

/** Pure: the same words in the same situation are always answered the same. When in doubt, a person decides (law 8). */
export function decide(reading: Reply, situation: Situation): Decision {
  const { patients } = situation;
  const alone = patients.length === 1 ? patients : [];
  const someone = alone[0] ?? '';
  const say = (text: string): Pick<Decision, 'answer'> =>
    situation.chatty ? {} : { answer: { text, patient: someone, tells: [] } };
  const unlessStopped = (text: string) => (situation.stopped ? {} : say(text));
  switch (reading.meaning) {
    case 'stop':
      return {
        outcome: 'stopped',
        patients: alone,
        replies: [],
        tasks: tasksOfStop(reading, situation, someone),
        stop: 'opted-out',
        ...unlessStopped('answer-opt-out'),
      };
    case 'start':
      return started(situation, alone);
    case 'help':
      if (situation.chatty) return toPerson(situation, alone);
      return { ...nothing, outcome: 'helped', patients: alone, ...say('answer-help') };
    case 'thanks':
      return { ...nothing, outcome: 'thanked', patients: alone };
    case 'wrong-number':
      return {
        outcome: 'wrong-number',
        patients: [],
        replies: [],
        tasks: patients.map(patient => ({ code: 'wrong-number', patient, priority: 'urgent', about: [] })),
        stop: 'wrong-number',
        ...unlessStopped('answer-wrong-number'),
      };
    case 'choice':
      return chosen(reading, situation) ?? toPerson(situation, alone);
    case 'unclear':
      return toPerson(situation, alone);
    default:
      // "C 2": the answer names its visit, if a question of ours is still open.
      if (reading.choice) return chosen(reading, situation) ?? toPerson(situation, alone);
      // "Yes" is no answer to "which visit?"
      if (situation.question && isAssent(reading)) return toPerson(situation, alone);
      return aboutVisit({ ...reading, meaning: reading.meaning }, situation, alone);
  }
}

/**
 * START takes back a STOP and nothing else (D12): what a wrong number or a chart's refusal forbids stays forbidden, so
 * it is not promised, and a person asks.
 */
function started(situation: Situation, alone: Reference[]): Decision {
  const { patients, barred, chatty } = situation;
  if (patients.length === 0) return { ...toPerson(situation, alone), lift: true };
  return {
    outcome: 'started',
    patients: alone,
    replies: [],
    tasks: barred.map(patient => ({ code: 'texts-wanted', patient, priority: 'routine', about: [] })),
    lift: true,
    ...(chatty
      ? {}
      : {
          answer: {
            text: barred.length < patients.length ? 'answer-opt-in' : 'answer-received',
            patient: alone[0] ?? '',
            tells: [],
          },
        }),
  };
}

/** One Task says both that the visit may be meant and that there was more to read. */
function tasksOfStop(reading: Reply, situation: Situation, someone: Reference | ''): Decision['tasks'] {
  const tasks = stopTasks(reading, situation, someone);
  const isRead = tasks.some(({ code }) => code === 'maybe-cancel-visit');
  return isRead ? tasks : [...tasks, ...restForPerson(reading, situation, someone)];
}

/** "Stop. You have my bill wrong": the texts stop, and the rest is read by somebody (law 9). */
const restForPerson = ({ more }: Reply, { patients }: Situation, patient: Reference | ''): Decision['tasks'] =>
  more
    ? [{ code: patients.length > 0 ? 'answer-patient' : 'identify-sender', patient, priority: 'urgent', about: [] }]
    : [];

/** A bare CANCEL stops the texts, as the law has it; it may have been meant for the visit, so a person asks (D5). */
function stopTasks(reading: Reply, situation: Situation, someone: Reference | ''): Decision['tasks'] {
  const { patients } = situation;
  const open = openPrompts(situation).filter(prompt => prompt.standing !== 'gone');
  const about = open.map(prompt => prompt.appointment);
  if (reading.alsoMaybe === 'cancel-visit' && open.length > 0)
    return [{ code: 'maybe-cancel-visit', patient: onlyPatient(open) ?? someone, priority: 'asap', about }];
  // Everybody on a shared phone is cut off by one STOP: staff offer each of them another way (D2).
  return patients.length > 1
    ? patients.map(patient => ({ code: 'opted-out', patient, priority: 'routine', about: [] }))
    : [];
}
