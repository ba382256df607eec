import type { Reference } from '../facts/fact.ts';
import type { ReplyFact } from '../plan/facts.ts';
import type { Decision, Situation } from './decision.ts';
import type { Reply } from './keywords.ts';
import { openPrompts, type Prompt } from './prompt.ts';

/**
 * Nobody but a person can tell what it means, or whom: it waits for one, and the writer is told so, and where to turn
 * in an emergency; also after a STOP, for they have just asked us something.
 */
export function toPerson({ patients, chatty }: Situation, alone: Reference[]): Decision {
  const known = patients.length > 0;
  const code = known ? 'answer-patient' : 'identify-sender';
  const text = known ? 'answer-received' : 'answer-unknown-sender';
  return {
    outcome: known ? 'to-person' : 'unknown-sender',
    patients: alone,
    replies: [],
    tasks: [{ code, patient: alone[0] ?? '', priority: 'urgent', about: [] }],
    ...(chatty ? {} : { answer: { text, patient: alone[0] ?? '', tells: [] } }),
  };
}

const isSilent = ({ stopped, chatty }: Situation): boolean => stopped || chatty;

/** An answer about a visit: to the one it belongs to, or a question back; never a guess. */
export function aboutVisit(meaning: ReplyFact['meaning'], situation: Situation, alone: Reference[]): Decision {
  const open = openPrompts(situation.prompts);
  if (open.length === 0) return situation.patients.length === 0 ? toPerson(situation, alone) : gone(situation, alone);
  const holding = open.filter(prompt => prompt.standing === 'holds');
  const changed = open.filter(prompt => prompt.standing === 'changed');
  if (holding.length === 0)
    return changed.length === 1 && changed[0] ? stale(changed[0], situation) : gone(situation, alone);
  if (changed.length > 0) return ask(meaning, [...holding, ...changed], situation);
  const sameText = holding.every(prompt => prompt.batch !== undefined && prompt.batch === holding[0]?.batch);
  if (holding.length === 1 || (meaning === 'confirm' && sameText)) return apply(meaning, holding, situation);
  return ask(meaning, holding, situation);
}

function apply(meaning: ReplyFact['meaning'], prompts: Prompt[], situation: Situation): Decision {
  const first = prompts[0] as Prompt;
  const already = meaning === 'confirm' && prompts.every(prompt => prompt.answered === 'confirm');
  const text = {
    confirm: already ? 'answer-confirmed-already' : 'answer-confirmed',
    reschedule: 'answer-reschedule',
    cancel: 'answer-cancel-request',
  };
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
    ...(isSilent(situation)
      ? {}
      : {
          answer: {
            text: text[meaning],
            patient: first.patient,
            tells: [first.truth],
            ...(prompts.length > 1 ? { list: prompts } : {}),
          },
        }),
  };
}

/** Yes to an hour that is no more: never "you are confirmed"; the present hour, and the question anew (B6). */
const stale = (prompt: Prompt, situation: Situation): Decision => ({
  outcome: 'stale',
  patients: [prompt.patient],
  replies: [],
  tasks: isSilent(situation)
    ? [{ code: 'answer-patient', patient: prompt.patient, priority: 'urgent', about: [prompt.appointment] }]
    : [],
  ...(isSilent(situation)
    ? {}
    : { answer: { text: 'answer-visit-changed', patient: prompt.patient, tells: [prompt.truth] } }),
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
function ask(meaning: ReplyFact['meaning'], options: Prompt[], situation: Situation): Decision {
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

/** "2" after "which visit?". Only visits that still hold as they were listed can be chosen. */
export function chosen(reading: Reply, situation: Situation, said?: ReplyFact['meaning']): Decision | undefined {
  const { question, prompts } = situation;
  const picked = (reading.choice ?? []).flatMap(number => question?.options[number - 1] ?? []);
  if (!question || picked.length === 0 || picked.length !== reading.choice?.length) return undefined;
  const current = picked.flatMap(
    one => prompts.find(p => p.patient === one.patient && p.appointment === one.appointment) ?? [],
  );
  const holding = current.filter(prompt => prompt.standing === 'holds');
  if (holding.length === picked.length) return apply(said ?? question.meaning, holding, situation);
  const [changed] = current.filter(prompt => prompt.standing === 'changed');
  return changed && picked.length === 1 ? stale(changed, situation) : undefined;
}

export const onlyPatient = (prompts: Prompt[]): Reference | undefined => {
  const all = new Set(prompts.map(prompt => prompt.patient));
  return all.size === 1 ? [...all][0] : undefined;
};
