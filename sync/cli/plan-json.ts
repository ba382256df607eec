import type { Instant } from '../domain/clock.ts';
import { REASONS, type Reason } from '../domain/reasons.ts';
import type { Fate } from './fate.ts';
import type { FileFinding } from './fhir-files.ts';
import type { Input, SetAside } from './plan-input.ts';
import { type PlannedPatient, peopleIn, silentVisits, tasksAhead } from './planned-patient.ts';
import { masked } from './print.ts';

/** What `plan --json` prints. Parts may be added, never renamed or taken away. Instants are UTC. */
export interface PlanJson {
  now: Instant;
  /** How many of those whose record is there. */
  patients: number;
  /** Those that leave, and those that would not, by their hour. Messages of one `batch` leave as one. */
  messages: {
    key: string;
    batch: number;
    patient: string;
    rule: string;
    text: string;
    language: string;
    medium: 'sms' | 'email';
    /** Masked: its last four digits, or its first letter and host. */
    to: string;
    sendAt: Instant;
    sendBefore: Instant;
    /** `sendAt`, or when it may leave after that; absent where it never does. */
    leavesAt?: Instant;
    about: string[];
    /** With `--words`, the message as it leaves; for a batch the same in each of its messages. */
    words?: string;
    /** Why it never leaves. */
    cannot?: Reason;
  }[];
  tasks: {
    key: string;
    patient: string;
    rule: string;
    code: string;
    owner: string;
    priority: string;
    opensAt: Instant;
    dueAt: Instant;
    about: string[];
  }[];
  /** `rule` is absent where no rule has anything to say about a visit. */
  notPlanned: { patient: string; about: string; rule?: string; reason: Reason; because: string }[];
  /** What could not be used (`unused`), and what is worth a look although it was; `line` of NDJSON, `entry` of a Bundle. */
  findings: FileFinding[];
  /** Sound FHIR that decides nothing here. */
  setAside: SetAside[];
}

export function planJson(
  patients: PlannedPatient[],
  fates: Fate[],
  { findings, setAside }: Pick<Input, 'findings' | 'setAside'>,
  { now, words }: { now: Instant; words: boolean },
): PlanJson {
  return {
    now,
    patients: peopleIn(patients),
    messages: fates.flatMap((fate, batch) =>
      fate.batch.map(({ key, patient, rule, text, language, medium, address, sendAt, sendBefore, tells }) => ({
        ...{ key, batch, patient, rule, text, language, medium, to: masked(address), sendAt, sendBefore },
        ...('at' in fate ? { leavesAt: fate.at } : {}),
        about: tells.map(telling => telling.appointment),
        ...('cannot' in fate ? { cannot: fate.cannot } : words ? { words: fate.body } : {}),
      })),
    ),
    tasks: patients.flatMap(tasksAhead).map(({ says: _names, reason: _why, ...task }) => task),
    notPlanned: patients.flatMap(one =>
      [...one.plan.notPlanned, ...silentVisits(one)].map(({ about, rule, reason }) => ({
        patient: one.facts.reference,
        about,
        ...(rule ? { rule } : {}),
        reason,
        because: REASONS[reason],
      })),
    ),
    findings,
    setAside,
  };
}
