import type { Reference } from '../facts/fact.ts';
import { aboutVisit, chosen, onlyPatient, toPerson } from './decide-visit.ts';
import type { Decision, Situation } from './decision.ts';
import type { Reply } from './keywords.ts';
import { openPrompts } from './prompt.ts';

const nothing = { replies: [], tasks: [] };

/** Pure: the same words in the same situation are always answered the same. When in doubt, a person decides (law 8). */
export function decide(reading: Reply, situation: Situation): Decision {
  const { patients } = situation;
  const alone = patients.length === 1 ? patients : [];
  const someone = alone[0] ?? '';
  const answer = (text: string) => (situation.stopped ? {} : { answer: { text, patient: someone, tells: [] } });
  switch (reading.meaning) {
    case 'stop':
      return {
        outcome: 'stopped',
        patients: alone,
        replies: [],
        tasks: [...stopTasks(reading, situation, someone), ...restForPerson(reading, someone)],
        stop: 'opted-out',
        ...answer('answer-opt-out'),
      };
    case 'start':
      return {
        ...nothing,
        outcome: 'started',
        patients: alone,
        lift: true,
        answer: { text: 'answer-opt-in', patient: someone, tells: [] },
      };
    case 'help':
      return { ...nothing, outcome: 'helped', patients: alone, ...answer('answer-help') };
    case 'wrong-number':
      return {
        outcome: 'wrong-number',
        patients: [],
        replies: [],
        tasks:
          patients.length > 0
            ? patients.map(patient => ({ code: 'wrong-number', patient, priority: 'urgent', about: [] }))
            : [],
        stop: 'wrong-number',
        ...answer('answer-wrong-number'),
      };
    case 'choice':
      return chosen(reading, situation) ?? toPerson(situation, alone);
    case 'unclear':
      return toPerson(situation, alone);
    default:
      // "C 2": the answer names its visit, if a question of ours is still open.
      if (reading.choice) return chosen(reading, situation, reading.meaning) ?? toPerson(situation, alone);
      return aboutVisit(reading.meaning, situation, alone);
  }
}

/** "Stop. You have my bill wrong": the texts stop, and the rest is read by somebody (law 9). */
const restForPerson = ({ more }: Reply, patient: Reference | ''): Decision['tasks'] =>
  more ? [{ code: 'answer-patient', patient, priority: 'urgent', about: [] }] : [];

/** A bare CANCEL stops the texts, as the law has it; it may have been meant for the visit, so a person asks (D5). */
function stopTasks(reading: Reply, { patients, prompts }: Situation, someone: Reference | ''): Decision['tasks'] {
  const open = openPrompts(prompts).filter(prompt => prompt.standing !== 'gone');
  const about = open.map(prompt => prompt.appointment);
  if (reading.alsoMaybe === 'cancel-visit' && open.length > 0)
    return [{ code: 'maybe-cancel-visit', patient: onlyPatient(open) ?? someone, priority: 'asap', about }];
  // Everybody on a shared phone is cut off by one STOP: staff offer each of them another way (D2).
  return patients.length > 1
    ? patients.map(patient => ({ code: 'opted-out', patient, priority: 'routine', about: [] }))
    : [];
}
