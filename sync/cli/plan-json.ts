import type { Instant } from '../domain/clock.ts';
import { wordsOf } from '../domain/plan/words.ts';
import type { Policy } from '../domain/policy/policy.ts';
import { REASONS, type Reason } from '../domain/reasons.ts';
import type { FileFinding } from './fhir-files.ts';
import type { Input, SetAside } from './plan-input.ts';
import { batchesOf, type PlannedPatient, silentVisits, tasksAhead } from './planned-patient.ts';
import { masked } from './print.ts';

/** What `plan --json` prints. Parts may be added, never renamed or taken away. Instants are UTC. */
export interface PlanJson {
  now: Instant;
  /** How many. */
  patients: number;
  /** Soonest first. Messages of one `batch` leave as one. */
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
    about: string[];
    /** With `--words`, the message as it leaves; for a batch the same in each of its messages. */
    words?: string;
    /** Why its words cannot be made. */
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
  /** What cannot be used, or only in part; `line` of NDJSON, `entry` of a Bundle. */
  findings: FileFinding[];
  /** Sound FHIR that decides nothing here. */
  setAside: SetAside[];
}

export function planJson(
  patients: PlannedPatient[],
  { findings, setAside }: Pick<Input, 'findings' | 'setAside'>,
  { policy, now, words }: { policy: Policy; now: Instant; words: boolean },
): PlanJson {
  return {
    now,
    patients: patients.length,
    messages: batchesOf(patients).flatMap((messages, batch) => {
      const rendered = wordsOf(messages, policy, now, messages[0]?.blanks ?? {});
      return messages.map(({ key, patient, rule, text, language, medium, address, sendAt, sendBefore, tells }) => ({
        ...{ key, batch, patient, rule, text, language, medium, to: masked(address), sendAt, sendBefore },
        about: tells.map(telling => telling.appointment),
        ...('cannot' in rendered ? { cannot: rendered.cannot } : words ? { words: rendered.body } : {}),
      }));
    }),
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
