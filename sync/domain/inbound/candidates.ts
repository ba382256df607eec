import type { Instant } from '../clock.ts';
import type { Situation } from './decision.ts';
import type { Reply } from './keywords.ts';
import { fits } from './named-day.ts';
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

/**
 * Those that the day in the words leaves; undefined where it names none of them, or one we have not spoken of: then
 * only a person knows what is meant. Who wants another time may be naming the day they would like.
 */
export function onNamedDays(
  open: Prompt[],
  { meaning, days }: Pick<Reply, 'meaning' | 'days'>,
  { now, untold }: Pick<Situation, 'now' | 'untold'>,
): Prompt[] | undefined {
  if (!days || days.length === 0) return open;
  const named = (start: Instant, zone: string) => fits(days, start, zone, now);
  if (untold.some(({ start, zone }) => named(start, zone))) return undefined;
  const those = open.filter(({ start, told }) => named(start, told.zone));
  if (those.length > 0) return those;
  return meaning === 'reschedule' ? open : undefined;
}
