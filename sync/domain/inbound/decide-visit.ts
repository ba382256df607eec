import type { Instant } from '../clock.ts';
import type { Reference } from '../facts/fact.ts';
import type { ReplyFact } from '../plan/facts.ts';
import type { Telling } from '../plan/plan.ts';
import type { Decision, Situation } from './decision.ts';
import type { Reply } from './keywords.ts';
import { type LastSaid, openPrompts, type Prompt } from './prompt.ts';
import { isSilent, toPerson } from './to-person.ts';

/** An answer about a visit: to the one it belongs to, or a question back; never a guess. */
export function aboutVisit(meaning: ReplyFact['meaning'], situation: Situation, alone: Reference[]): Decision {
  const { last } = situation;
  if (last && last.tells.length > 0 && last.tells.every(telling => isOver(telling, situation.now)))
    return afterLoss(meaning, last, situation, alone);
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

const isOver = ({ live, start }: Telling, now: Instant) => !live || start === undefined || start <= now;

/**
 * The last they read was that a visit is off, or was missed. "R" is what that text asked for; a "yes" to it confirms no
 * other visit.
 */
function afterLoss(
  meaning: ReplyFact['meaning'],
  { patient, asks, tells }: LastSaid,
  situation: Situation,
  alone: Reference[],
): Decision {
  if (meaning !== 'reschedule' || !asks.includes('reschedule')) return toPerson(situation, alone);
  const about = tells.map(telling => telling.appointment);
  return {
    ...toPerson(situation, [patient]),
    outcome: 'reschedule',
    patients: [patient],
    tasks: [{ code: 'reschedule-request', patient, priority: 'urgent', about }],
  };
}

function apply(meaning: ReplyFact['meaning'], prompts: Prompt[], situation: Situation): Decision {
  const first = prompts[0] as Prompt;
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
    ...(isSilent(situation)
      ? {}
      : {
          answer: {
            text: answerTo(meaning, prompts, already),
            patient: first.patient,
            tells: prompts.map(prompt => prompt.told),
          },
        }),
  };
}

/** Only a confirmation has words for several visits. */
function answerTo(meaning: ReplyFact['meaning'], prompts: Prompt[], already: boolean): string {
  if (meaning === 'confirm') return already && prompts.length === 1 ? 'answer-confirmed-already' : 'answer-confirmed';
  if (prompts.length > 1) return 'answer-received';
  return meaning === 'reschedule' ? 'answer-reschedule' : 'answer-cancel-request';
}

/** Yes to what is no more so: never "you are confirmed" (B6). What is new is told by its notice, in full, and not here. */
const stale = (prompt: Prompt, situation: Situation): Decision => ({
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
  const current = picked.flatMap(one => {
    const now = prompts.find(p => p.patient === one.patient && p.appointment === one.appointment);
    // Listed by an hour that has been replaced since, it was not this one that was chosen.
    return now ? [now.start === one.start ? now : { ...now, standing: 'changed' as const }] : [];
  });
  const holding = current.filter(prompt => prompt.standing === 'holds');
  if (holding.length === picked.length) return apply(said ?? question.meaning, holding, situation);
  const [changed] = current.filter(prompt => prompt.standing === 'changed');
  return changed && picked.length === 1 ? stale(changed, situation) : undefined;
}

export const onlyPatient = (prompts: Prompt[]): Reference | undefined => {
  const all = new Set(prompts.map(prompt => prompt.patient));
  return all.size === 1 ? [...all][0] : undefined;
};
