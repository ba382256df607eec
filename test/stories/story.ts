import { readdirSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';
import type { Instant } from '../../sync/domain/clock.ts';
import { isReason, type Reason } from '../../sync/domain/reasons.ts';
import { atLocal } from '../../sync/domain/time.ts';

/**
 * A story: what happens in a practice, line by line, and what its patients and staff notice of it. It says nothing of
 * how it is played: `World` is what a player has to offer. Times are on the wall of the practice, in Chicago.
 */
const moment = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2} \d{2}:\d{2}$/)
  .transform((text): Instant => atLocal(text.slice(0, 10), text.slice(11), 'America/Chicago'));

const names = z.union([z.string(), z.array(z.string())]).transform(one => [one].flat());
const visit = z.union([z.string().transform(name => ({ visit: name })), z.strictObject({ visit: z.string() })]);

const Person = z
  .strictObject({
    /** A year, a month or a day. */
    born: z.string(),
    phone: z.string(),
    landline: z.string(),
    email: z.string(),
    language: z.string(),
    /** Where they live: two letters. */
    state: z.string(),
    /** The phone of a parent, who acts for them. */
    parent: z.string(),
  })
  .partial();
export type Person = z.infer<typeof Person>;

/** What can be said of a visit besides its hour. */
const details = z.strictObject({
  with: z.string().optional(),
  place: z.string().optional(),
  video: z.boolean().optional(),
  confidential: z.boolean().optional(),
});
export type Details = z.infer<typeof details>;

const Event = z.union([
  z.strictObject({ book: details.extend({ visit: z.string(), who: names, start: moment }) }),
  z.strictObject({ move: z.strictObject({ visit: z.string(), start: moment }) }),
  z.strictObject({ change: details.extend({ visit: z.string() }) }),
  z.strictObject({ cancel: z.union([visit, z.strictObject({ visit: z.string(), reason: z.string() })]) }),
  /** Cancelled, and booked anew under another name, as some EHRs move a visit. */
  z.strictObject({ rebook: z.strictObject({ visit: z.string(), as: z.string(), start: moment }) }),
  z.strictObject({ restore: visit }),
  z.strictObject({ delete: visit }),
  z.strictObject({ noshow: visit }),
  z.strictObject({ arrive: visit }),
  z.strictObject({ fulfil: visit }),
  z.strictObject({ waitlist: visit }),
  z.strictObject({ decline: z.strictObject({ visit: z.string(), who: z.string() }) }),
  /** The record of a person changes. */
  z.strictObject({ person: Person.extend({ who: z.string(), died: z.boolean().optional() }) }),
  z.strictObject({ reply: z.strictObject({ from: z.string(), says: z.string() }) }),
  /** Another system or a person has told them of the visit, and the chart knows. */
  z.strictObject({ toldElsewhere: visit }),
  /** What the provider does with messages from now on. */
  z.strictObject({ phones: z.enum(['working', 'failing', 'silent']) }),
  z.strictObject({ service: z.enum(['down', 'up']) }),
]);
export type Event = z.infer<typeof Event>;

const Expected = z.union([
  z.strictObject({
    /** Id of the approved text. */
    text: z.string(),
    /** Whose phone it rang on: a person, or `parent of leo`. */
    to: z.string(),
    says: names.optional(),
    never: names.optional(),
  }),
  z.strictObject({ task: z.string(), for: z.string() }),
  z.strictObject({ closed: z.string(), for: z.string() }),
]);
export type Expected = z.infer<typeof Expected>;

const Line = z.strictObject({
  at: moment,
  /** What happens at that moment; before it, time has passed since the line above. */
  do: z.union([Event.transform(one => [one]), z.array(Event)]).default([]),
  /** All that was noticed since the line above, in order; without it: silence. */
  expect: z
    .union([z.literal('silence').transform((): Expected[] => []), Expected.transform(one => [one]), z.array(Expected)])
    .default([]),
  /** Why a rule says nothing about a visit. */
  why: z
    .array(
      z.strictObject({ rule: z.string(), visit: z.string(), is: z.custom<Reason>(code => isReason(String(code))) }),
    )
    .default([]),
});

export const Story = z.strictObject({
  story: z.string(),
  because: z.string(),
  people: z.record(z.string(), Person),
  /** In the chart before the service first looks. */
  before: z.array(Event).default([]),
  lines: z.array(Line).min(1),
});
export type Story = z.infer<typeof Story>;

/** Something a patient or staff noticed. */
export type Noticed =
  | { text: string; to: string; body: string }
  | { task: string; for: string }
  | { closed: string; for: string };

/** Whoever plays a story: the pure core with tables in memory, or the whole service with a real store and EHR. */
export interface World {
  /** Lets time pass, doing all that falls due on the way; the moment itself included. */
  advance(to: Instant): Promise<void>;
  happens(event: Event): Promise<void>;
  /** What was noticed since this was last asked, oldest first. */
  noticed(): Promise<Noticed[]>;
  /** Why a rule has no message about a visit; undefined when it has one. */
  why(rule: string, visit: string): Promise<Reason | undefined>;
}

/** Opens a world in which these people and events were there before the service first looked at `now`. */
export type OpenWorld = (people: Story['people'], before: Event[], now: Instant) => Promise<World>;

export const stories = (folder = 'test/stories'): [name: string, story: Story][] =>
  readdirSync(folder)
    .filter(name => name.endsWith('.yaml'))
    .sort()
    .map(name => [name.replace('.yaml', ''), Story.parse(parse(readFileSync(`${folder}/${name}`, 'utf8')))]);
