import type { Instant } from '../clock.ts';
import type { Reference } from '../facts/fact.ts';
import type { ReplyFact } from '../plan/facts.ts';
import type { Telling } from '../plan/plan.ts';
import type { LastSaid, Prompt } from './prompt.ts';

/** What we know at the moment a message is looked at. */
export interface Situation {
  now: Instant;
  /** Patients who can be reached at the address it came from. */
  patients: Reference[];
  /** Visits of which something was said there, and may be. */
  prompts: Prompt[];
  /** Their visits ahead of which nothing was said there. */
  untold: { start: Instant; zone: string }[];
  /** The last thing we said there, automatic answers aside. */
  last?: LastSaid;
  /** After it we have answered, and asked nothing: "sounds good" is said to that. */
  answered: boolean;
  /** A question of ours ("which visit?") that is still open, with the meaning it was about. */
  question?: { meaning: ReplyFact['meaning']; options: Prompt[] };
  /** The address has said STOP, or was called wrong: it is heard, and gets nothing but help and a receipt. */
  stopped: boolean;
  /** Too many automatic answers in a short time: perhaps two machines are talking. Nothing is answered at all. */
  chatty: boolean;
  /** Texts that START cannot bring back: the number was called wrong, or these patients' charts refuse them. */
  barred: Reference[];
}

export interface AnswerTask {
  code: string;
  /** Empty while a person must find out whom it is about. */
  patient: Reference | '';
  priority: 'routine' | 'urgent' | 'asap';
  about: Reference[];
}

/** What is to be done about one message. Effects are data; every message ends with a Task, an answer or both (law 9). */
export interface Decision {
  /** One word for the record. */
  outcome: string;
  /** The patients it is certainly about; empty while a person must find out. */
  patients: Reference[];
  replies: { patient: Reference; reply: ReplyFact }[];
  tasks: AnswerTask[];
  answer?: { text: string; patient: Reference | ''; tells: Telling[]; list?: Prompt[] };
  stop?: 'opted-out' | 'wrong-number';
  lift?: true;
  ask?: { meaning: ReplyFact['meaning']; options: Prompt[] };
}
