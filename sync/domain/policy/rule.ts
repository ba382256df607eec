import { z } from 'zod';
import { codeToken, duration, kebab, referenceTo, wallClock } from './schema.ts';

/** What a rule is anchored on. Closed: a new trigger is code, with cases, not configuration. */
export const TRIGGERS = [
  'visit-booked', // the patient has not been told of this visit yet
  'visit-changed', // what the patient was last told no longer holds
  'visit-upcoming', // counted back from the start
  'visit-cancelled', // from the recording of the cancellation
  'visit-missed', // from the recording of the no-show, never inferred from the clock
  'visit-fulfilled', // from the end of the visit
  'message-unanswered', // from the sending of another rule's message
] as const;

/** How the truth can differ from what the patient was last told (law 3). */
export const CHANGES = [
  'moved',
  'moved-video', // the hour of a video visit
  'place',
  'now-video',
  'now-in-person',
  'clinician',
  'link', // of a video visit
  'several', // more than one of these at once
  'cancelled',
  'cancelled-by-patient',
  'restored',
] as const;
export type Change = (typeof CHANGES)[number];

/** Facts that can be asked for. All must hold; a list holds when any of it does. */
export const Predicates = z
  .strictObject({
    status: z.array(z.enum(['booked', 'arrived', 'fulfilled', 'cancelled', 'noshow', 'checked-in'])),
    visitTypes: z.array(codeToken),
    practitioners: z.array(referenceTo('Practitioner', 'PractitionerRole')),
    locations: z.array(referenceTo('Location')),
    patientTags: z.array(codeToken),
    newPatient: z.boolean(),
    telehealth: z.boolean(),
    confirmed: z.boolean(),
    futureVisit: z.boolean(),
    age: z.strictObject({ from: z.int().optional(), until: z.int().optional() }),
    /** Nothing was said to this patient for at least this long. */
    lastContactOlderThan: duration,
    /** Time between booking and start. */
    bookedAhead: z.strictObject({ atLeast: duration.optional(), lessThan: duration.optional() }),
  })
  .partial();
export type Predicates = z.infer<typeof Predicates>;

/** When a chain ends by itself. Checked before each step, and again just before sending. */
export const STOPS = [
  'visit-cancelled',
  'visit-moved',
  'visit-started',
  'confirmed',
  'answered',
  'rebooked',
  'reschedule-requested',
  'told-by-other-sender',
] as const;

const moment = z.union([
  z.strictObject({ before: duration }),
  z.strictObject({ after: duration }),
  z.strictObject({ daysBefore: z.int().min(0), at: wallClock }),
  z.strictObject({ daysAfter: z.int().min(0), at: wallClock }),
]);

const task = z.strictObject({
  code: kebab,
  owner: kebab,
  priority: z.enum(['routine', 'urgent', 'asap', 'stat']),
  /** Elapsed time from when the Task opens. */
  due: duration,
  /** What staff read. Blanks as in texts; may name the patient, for it never leaves the chart. */
  says: z.string().min(10),
});

const wording = {
  text: kebab,
  /** Used instead when the visit is a video visit. */
  telehealthText: kebab.optional(),
  /** Used instead when the patient has confirmed. */
  confirmedText: kebab.optional(),
  confirmedTelehealthText: kebab.optional(),
};

export const Step = z.strictObject({
  id: kebab,
  when: moment,
  /** Time after which the message is no longer worth sending; it is dropped with a reason, never sent late. */
  useFor: duration.optional(),
  if: Predicates.optional(),
  message: z
    .strictObject({
      ...wording,
      /** Used instead when night hours move it to the day before: "today" would then be wrong. */
      dayBefore: z.strictObject(wording).optional(),
      /** With the trigger visit-changed: used instead, by what changed. */
      byChange: z.partialRecord(z.enum(CHANGES), kebab).optional(),
      /** When it cannot be written (prefers the phone, no address …), a person calls instead. */
      callInstead: z.boolean().default(false),
      /** Several visits on one day, or one guardian's children on one number, become one message. */
      joins: z.boolean().default(false),
    })
    .optional(),
  task: task.optional(),
});
export type Step = z.infer<typeof Step>;

/** `mappings/rules/<id>.yaml`: when X, after Y, say or do Z, until S, then who. */
export const Rule = z
  .strictObject({
    id: kebab,
    name: z.string().min(5),
    description: z.string().min(20),
    purpose: z.enum(['confirmation', 'reminder', 'notice', 'rebook', 'no-show', 'follow-up', 'checklist']),
    goal: z.strictObject({ says: z.string().min(5), figure: z.string().min(3) }),
    owner: kebab,
    active: z.boolean(),
    /** Runs only for these; absent = for all. `share` picks patients by a stable hash of their reference. */
    pilot: z
      .strictObject({
        locations: z.array(referenceTo('Location')),
        practitioners: z.array(referenceTo('Practitioner', 'PractitionerRole')),
        share: z.number().gt(0).lt(1),
      })
      .partial()
      .optional(),
    /** Cannot be switched on before inbound triage exists: an answer might be a cry for help. */
    needsTriage: z.boolean().default(false),
    trigger: z.enum(TRIGGERS),
    /** With `message-unanswered`: the rule whose message went unanswered. */
    of: kebab.optional(),
    if: Predicates.optional(),
    steps: z.array(Step).min(1),
    stop: z.array(z.enum(STOPS)).min(1),
    /** Who takes over after the last step met silence, or when it could not be delivered. */
    escalation: z.strictObject({ after: duration, on: z.array(z.enum(['silence', 'undeliverable'])).min(1), task }),
  })
  .superRefine((rule, context) => {
    const mistake = (path: (string | number)[], message: string) => context.addIssue({ code: 'custom', path, message });
    if (rule.trigger === 'message-unanswered' && !rule.of)
      mistake(['of'], 'name the rule whose message went unanswered');
    if (rule.trigger !== 'message-unanswered' && rule.of) mistake(['of'], 'is only for the trigger message-unanswered');
    rule.steps.forEach((step, i) => {
      if (!step.message && !step.task) mistake(['steps', i], 'must say something (message) or do something (task)');
      if (step.message && !step.useFor) mistake(['steps', i], 'needs useFor: after that time the message is worthless');
      if ('before' in step.when !== (rule.trigger === 'visit-upcoming') && !('daysBefore' in step.when))
        mistake(['steps', i, 'when'], 'counts "before" exactly when the trigger is visit-upcoming');
      if (rule.steps.findIndex(other => other.id === step.id) !== i) mistake(['steps', i, 'id'], 'is used twice');
    });
  });
export type Rule = z.infer<typeof Rule>;
