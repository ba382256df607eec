import type { Situation } from './decision.ts';
import type { LastSaid, Prompt } from './prompt.ts';

type About = Pick<Situation, 'prompts' | 'last'>;

/**
 * The visits an answer may mean: those we asked about and that are still unanswered, and those of which we spoke last.
 * Without any unanswered, what was said last is what is answered. Nobody knows better, so more than one is asked about.
 */
export function openPrompts({ prompts, last }: About): Prompt[] {
  const asked = prompts.filter(prompt => prompt.asked);
  const unanswered = asked.filter(prompt => prompt.answered === undefined);
  const latest = lastTold(prompts, last);
  if (unanswered.length > 0) return [...unanswered, ...latest.filter(prompt => !unanswered.includes(prompt))];
  if (latest.length > 0) return latest;
  return asked.length > 0 ? asked : prompts;
}

/** "Sounds good" is said to what was read last, and to nothing before it. */
export const agreedTo = ({ prompts, last }: About): Prompt[] => {
  const latest = lastTold(prompts, last);
  return latest.length > 0 ? latest : openPrompts({ prompts, last });
};

const lastTold = (prompts: Prompt[], last: LastSaid | undefined): Prompt[] =>
  prompts.filter(prompt =>
    last?.tells.some(
      ({ live, appointment, patient }) => live && appointment === prompt.appointment && patient === prompt.patient,
    ),
  );
