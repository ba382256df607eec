import type { Instant } from '../clock.ts';
import type { Reference } from '../facts/fact.ts';
import type { ReplyFact } from '../plan/facts.ts';
import type { Telling } from '../plan/plan.ts';
import { agreedTo, onNamedDays, openPrompts } from './candidates.ts';
import type { Decision, Situation } from './decision.ts';
import type { Reply } from './keywords.ts';
import type { LastSaid, Prompt } from './prompt.ts';
import { isSilent, toPerson } from './to-person.ts';

type Meaning = ReplyFact['meaning'];
export type AboutVisit = Reply & { meaning: Meaning };

/** An answer about a visit: to the one it belongs to, or a question back; never a guess. */
export function aboutVisit(reading: AboutVisit, situation: Situation, alone: Reference[]): Decision {
  const { meaning } = reading;
  const { last } = situation;
  const meant = isAssent(reading) ? agreedTo(situation) : openPrompts(situation);
  if (isAssent(reading) && (situation.answered || meant.some(isCalledOff)))
    return afterAnswer(reading, meant, situation, alone);
  if (last && last.tells.length > 0 && last.tells.every(telling => isOver(telling, situation.now)))
    return afterLoss(meaning, last, situation, alone);
  const open = onNamedDays(meant, reading, situation);
  if (!open) return toPerson(situation, alone);
  // A visit of which we have said nothing here may be meant, or one we have not heard of: "we do not see one" is not
  // ours to say (law 10).
  if (open.length === 0) return toPerson(situation, alone);
  const holding = open.filter(prompt => prompt.standing === 'holds');
  const changed = open.filter(prompt => prompt.standing === 'changed');
  if (holding.length === 0) {
    if (changed.length === 1 && changed[0]) return stale(changed[0], situation);
    return open.some(({ standing }) => standing === 'unsure') ? toPerson(situation, alone) : gone(situation, alone);
  }
  // A question would have to name an hour that is no more, or to leave out what may be meant.
  if (changed.length > 0) return toPerson(situation, alone);
  const sameText = holding.every(prompt => prompt.batch !== undefined && prompt.batch === holding[0]?.batch);
  if (holding.length === 1 || (meaning === 'confirm' && sameText)) return apply(meaning, holding, situation);
  return ask(meaning, holding, situation);
}

/** "Yes", "👍", "see you then": agrees with what was read last, whatever that was. "C" and "I confirm" say what they mean. */
export const isAssent = ({ meaning, explicit }: Reply): boolean => meaning === 'confirm' && !explicit;

/**
 * "Sounds good" to "our team will take care of your visit" closes the conversation. It confirms nothing, least of all
 * the visit that was just called off. "I'll be there" might, so a person reads it.
 */
function afterAnswer({ assent }: AboutVisit, meant: Prompt[], situation: Situation, alone: Reference[]): Decision {
  const isConfirmed = meant.length > 0 && meant.every(prompt => prompt.answered === 'confirm');
  return assent || isConfirmed
    ? { outcome: 'acknowledged', patients: alone, replies: [], tasks: [] }
    : toPerson(situation, alone);
}

const isCalledOff = ({ answered }: Prompt) => answered === 'cancel' || answered === 'reschedule';

const isOver = ({ live, start }: Telling, now: Instant) => !live || start === undefined || start <= now;

/**
 * The last they read was that a visit is off, or was missed. "R" is what that text asked for; a "yes" to it confirms no
 * other visit.
 */
function afterLoss(meaning: Meaning, { asks, tells }: LastSaid, situation: Situation, alone: Reference[]): Decision {
  if (meaning !== 'reschedule' || !asks.includes('reschedule')) return toPerson(situation, alone);
  const byPatient = [...Map.groupBy(tells, telling => telling.patient)];
  const patients = byPatient.map(([patient]) => patient);
  return {
    ...toPerson(situation, patients),
    outcome: 'reschedule',
    patients,
    tasks: byPatient.map(([patient, lost]) => ({
      code: 'reschedule-request',
      patient,
      priority: 'urgent',
      about: lost.map(telling => telling.appointment),
    })),
  };
}

export function apply(meaning: Meaning, prompts: Prompt[], situation: Situation): Decision {
  const already = meaning === 'confirm' && prompts.every(prompt => prompt.answered === 'confirm');
  const code = meaning === 'reschedule' ? 'reschedule-request' : 'cancel-request';
  return {
    outcome: already ? 'confirmed-already' : meaning,
    patients: [...new Set(prompts.map(prompt => prompt.patient))],
    replies: prompts.map(({ patient, appointment, start }) => ({
      patient,
      reply: { meaning, appointment, start, at: situation.now },
    })),
    tasks:
      meaning === 'confirm'
        ? []
        : prompts.map(({ patient, appointment }) => ({ code, patient, priority: 'urgent', about: [appointment] })),
    ...(isSilent(situation) ? {} : { answer: answerTo(meaning, prompts, already) }),
  };
}

/** Only a confirmation has words for several visits; those of several children are named with their child. */
function answerTo(meaning: Meaning, prompts: Prompt[], already: boolean): NonNullable<Decision['answer']> {
  const patient = prompts[0]?.patient ?? '';
  const tells = prompts.map(prompt => prompt.told);
  if (meaning === 'confirm') {
    const text = already && prompts.length === 1 ? 'answer-confirmed-already' : 'answer-confirmed';
    return onlyPatient(prompts) ? { text, patient, tells } : { text, patient, tells, list: prompts };
  }
  if (prompts.length > 1) return { text: 'answer-received', patient, tells };
  return { text: meaning === 'reschedule' ? 'answer-reschedule' : 'answer-cancel-request', patient, tells };
}

/** Yes to what is no more so: never "you are confirmed" (B6). What is new is told by its notice, in full, and not here. */
export const stale = (prompt: Prompt, situation: Situation): Decision => ({
  outcome: 'stale',
  patients: [prompt.patient],
  replies: [],
  tasks: isSilent(situation)
    ? [{ code: 'answer-patient', patient: prompt.patient, priority: 'urgent', about: [prompt.appointment] }]
    : [],
  ...(isSilent(situation) ? {} : { answer: { text: 'answer-visit-changed', patient: prompt.patient, tells: [] } }),
});

const gone = (situation: Situation, alone: Reference[]): Decision => ({
  outcome: 'visit-gone',
  patients: alone,
  replies: [],
  tasks: [
    {
      code: 'answer-patient',
      patient: alone[0] ?? '',
      priority: 'urgent',
      about: situation.prompts.map(prompt => prompt.appointment),
    },
  ],
  ...(isSilent(situation) ? {} : { answer: { text: 'answer-visit-past-or-gone', patient: alone[0] ?? '', tells: [] } }),
});

/** Two visits, or a family: asked, never guessed. A stopped address cannot be asked, so a person must. */
function ask(meaning: Meaning, options: Prompt[], situation: Situation): Decision {
  const patient = onlyPatient(options) ?? '';
  const about = options.map(option => option.appointment);
  if (isSilent(situation))
    return {
      outcome: 'to-person',
      patients: [],
      replies: [],
      tasks: [{ code: 'answer-patient', patient, priority: 'urgent', about }],
    };
  return {
    replies: [],
    tasks: [],
    outcome: 'asked-which',
    patients: patient ? [patient] : [],
    ask: { meaning, options },
    answer: { text: 'answer-which-visit', patient, tells: [], list: options },
  };
}

export const onlyPatient = (prompts: Prompt[]): Reference | undefined => {
  const all = new Set(prompts.map(prompt => prompt.patient));
  return all.size === 1 ? [...all][0] : undefined;
};
