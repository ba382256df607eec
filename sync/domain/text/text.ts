import { z } from 'zod';
import { calendarDate, kebab } from '../policy/schema.ts';

/** What a text may say about a person and a visit. Closed: the planner knows how to fill exactly these. */
export const VARIABLES = [
  'firstName',
  'clinicName',
  'clinicPhone',
  'weekdayDate', // "Tue, Dec 2" on the wall of the place of the visit
  'time', // "10:30 AM", with the zone when the patient may live in another one
  'zoneName',
  'timeAndPlace', // "10:30 AM at Mesa"; the hour alone where the practice has one place, or the visit is by video
  'changes', // all that is new about a visit, when it is several things at once
  'oldWeekdayDate',
  'oldTime',
  'clinicianName',
  'locationName',
  'telehealthLink',
  'howToJoin', // "Join: https://...", or that the link is still to come
  'visits', // numbered list, for joined texts and questions
  'names',
  'count',
  'team', // who will answer
  'answerBy', // and by when
] as const;
export type Variable = (typeof VARIABLES)[number];
export type Variables = Partial<Record<Variable, string>>;

export const PURPOSES = [
  'confirmation',
  'reminder',
  'notice',
  'rebook',
  'no-show',
  'follow-up',
  'checklist',
  'answer',
  'opt-out-answer',
] as const;

/** The one clear next step every message carries (`scope.md` RSP8); `lintText` looks for it in the words. */
export const CALLS_TO_ACTION = ['reply-c-or-r', 'reply-c', 'reply-r', 'reply-number', 'reply-start', 'call'] as const;

const email = z.strictObject({ subject: z.string().min(5).max(78), body: z.string().min(20) });
const media = z.strictObject({ sms: z.string().min(20).optional(), email: email.optional() });
const words = media.extend({
  /** For several visits on one day, or several people at one number. */
  joined: media.optional(),
});

/**
 * `mappings/texts/<id>.yaml`: one approved text in every language we have it in. Blanks are `{{name}}`; there is no
 * logic, so what was approved is what is sent.
 */
export const Text = z.strictObject({
  id: kebab,
  purpose: z.enum(PURPOSES),
  /** Sensitive: safe for visits whose place or clinician would already say too much. */
  class: z.enum(['routine', 'sensitive']),
  variables: z.array(z.enum(VARIABLES)),
  callToAction: z.enum(CALLS_TO_ACTION),
  /** Stands in for it when the visit is confidential; without it that is `<id>-sensitive`. */
  sensitiveForm: kebab.optional(),
  /** Why its SMS cannot keep to 160 characters; it may then take one part more. */
  longBecause: z.string().min(10).optional(),
  approvedBy: z.string().min(2),
  approvedOn: calendarDate,
  reviewBy: calendarDate,
  en: words.optional(),
  es: words.optional(),
});
export type Text = z.infer<typeof Text>;

export const LANGUAGES = ['en', 'es'] as const;
export type Language = (typeof LANGUAGES)[number];
export type Medium = 'sms' | 'email';
