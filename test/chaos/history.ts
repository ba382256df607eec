import fc from 'fast-check';

/** What can happen at the desk or on a phone. `who` and `visit` choose among two patients and three visits. */
const EVENTS = [
  'book',
  'move',
  'cancel',
  'restore',
  'replace',
  'noshow',
  'fulfil',
  'delete',
  'merge',
  'hand over',
  'make video',
  'change place',
  'change clinician',
  'note',
  'decline',
  'change number',
  'share number',
  'die',
  'deactivate',
  'C',
  'R',
  'STOP',
  'START',
] as const;

/** How the service hears of it: the hook comes, comes twice, comes after later ones, comes late, or never. */
const HEARD = ['promptly', 'twice', 'backwards', 'late', 'never'] as const;

export const DUE = -1;
export const BEFORE_SENDING = -1;
export const AFTER_SENDING = -2;

export interface Step {
  /** Minutes since the step before; DUE = just when something falls due for this family. */
  after: number;
  event: (typeof EVENTS)[number];
  who: number;
  visit: number;
  /** For bookings and moves: how far from now. */
  hours: number;
  heard: (typeof HEARD)[number];
  /** The service dies at this many awaits from here, or just around the next handing over; 0 = it lives. */
  dies: number;
}

export type History = Step[];

/**
 * What is heard of a minute late may rightly come too late for what was due in that very minute. A booking that goes to
 * somebody else within that minute was never seen to be the first one's; and what somebody writes in it is taken to
 * come from whoever had the number before.
 */
export const isRace = (steps: History): boolean =>
  steps.some(
    ({ after, event }, i) =>
      (after === DUE && isLate(steps[i])) ||
      (event === 'hand over' && steps.slice(0, i).some((_, j) => isUnheard(steps, j, i))) ||
      (OF_PEOPLE.includes(event) &&
        isLate(steps[i]) &&
        steps.some((other, j) => isSaid(other) && minutesBetween(steps, Math.min(i, j), Math.max(i, j)) <= 1)),
  );

const OF_PEOPLE: Step['event'][] = ['change number', 'share number', 'merge', 'die', 'deactivate'];
export const isSaid = ({ event }: Step) => ['C', 'R', 'STOP', 'START'].includes(event);

const isLate = (step: Step | undefined) => step?.heard === 'late' || step?.heard === 'never';

/** Is the first of these steps not heard of when the second comes? */
const isUnheard = (steps: History, first: number, second: number) =>
  isLate(steps[first]) && minutesBetween(steps, first, second) <= 1;

const minutesBetween = (steps: History, first: number, second: number) =>
  steps.slice(first + 1, second + 1).reduce((minutes, { after }) => minutes + Math.max(0, after), 0);

const fields = {
  // Few different waits, so that many histories have something to do at the same moments; none is a settling time.
  after: fc.constantFrom(DUE, DUE, DUE, 0, 1, 5, 20, 35, 65, 65, 125, 300, 600, 1200, 2100),
  event: fc.oneof(
    { weight: 5, arbitrary: fc.constantFrom(...EVENTS.slice(0, 5)) },
    { weight: 3, arbitrary: fc.constantFrom(...EVENTS) },
  ),
  who: fc.nat(1),
  // Mostly one visit: what goes wrong takes several turns of the same one (told, off, told, on again).
  visit: fc.oneof({ weight: 2, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat(2) }),
  hours: fc.oneof(
    { weight: 4, arbitrary: fc.integer({ min: 1, max: 110 }) },
    { weight: 1, arbitrary: fc.integer({ min: -5, max: 5 }) },
  ),
  heard: fc.constantFrom(...HEARD),
  dies: fc.oneof(
    { weight: 3, arbitrary: fc.constant(0) },
    { weight: 1, arbitrary: fc.constantFrom(BEFORE_SENDING, AFTER_SENDING) },
    { weight: 1, arbitrary: fc.integer({ min: 1, max: 400 }) },
    { weight: 1, arbitrary: fc.integer({ min: 1, max: 8000 }) },
  ),
};

const step: fc.Arbitrary<Step> = fc.record(fields);

const anything: fc.Arbitrary<History> = fc.array(step, { minLength: 1, maxLength: 8 });

/** Turns of one visit that chance alone hardly ever takes: each is told, and then no longer so. */
const SAGAS: Step['event'][][] = [
  ['book', 'cancel', 'restore'],
  ['book', 'move', 'cancel', 'move'],
  ['book', 'decline', 'restore', 'cancel'],
  ['book', 'cancel', 'restore', 'cancel', 'restore'],
  ['book', 'hand over', 'hand over', 'move'],
  ['book', 'C', 'replace', 'cancel'],
  ['book', 'make video', 'make video', 'change place'],
  ['book', 'STOP', 'cancel', 'START', 'restore'],
  ['book', 'noshow', 'restore', 'delete'],
];

const saga: fc.Arbitrary<History> = fc.constantFrom(...SAGAS).chain(events =>
  fc.tuple(
    ...events.map((event, i) =>
      fc.record({
        ...fields,
        event: fc.constant(event),
        who: fc.constant(0),
        visit: fc.constant(0),
        // Time enough to tell of the last turn, and a visit that is still ahead after the next.
        after: fc.constantFrom(20, 65, 125, 300, 600, 1200),
        hours: i === 0 ? fc.integer({ min: 60, max: 140 }) : fields.hours,
      }),
    ),
  ),
);

export const history: fc.Arbitrary<History> = fc.oneof(
  { weight: 3, arbitrary: anything },
  { weight: 1, arbitrary: saga },
);

export interface Chaos {
  /** Quarters of an hour after a Friday evening, so that nights, Sundays and the end of summer time all come up. */
  start: number;
  histories: History[];
  /** Does the EHR take our records? It costs time, so mostly not. */
  publishes: boolean;
  /** For a while nothing works; what was missed meanwhile may rightly stay unsaid. */
  outage: { of: 'nothing' | 'service' | 'ehr' | 'phones'; from: number; minutes: number };
}

const outage: fc.Arbitrary<Chaos['outage']> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({ of: fc.constant('nothing' as const), from: fc.constant(0), minutes: fc.constant(0) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      of: fc.constantFrom('service' as const, 'ehr' as const, 'phones' as const),
      from: fc.integer({ min: 0, max: 3000 }),
      minutes: fc.integer({ min: 1, max: 1500 }),
    }),
  },
);

/** Many histories share one database, one EHR and one clock; each has its own two patients. */
export const chaosOf = (histories: number): fc.Arbitrary<Chaos> =>
  fc.record({
    start: fc.integer({ min: 0, max: 333 }),
    histories: fc.array(history, { minLength: histories, maxLength: histories }),
    publishes: fc.constantFrom(false, false, false, true),
    outage,
  });

/** As somebody would tell it. */
export function tell({ start, histories, outage: bad }: Chaos): string {
  const lines = histories.flatMap((steps, number) => [`  Family ${number}:`, ...steps.map(line)]);
  const fails = bad.of === 'nothing' ? [] : [`  From +${bad.from} min, for ${bad.minutes} min: no ${bad.of}.`];
  return [`Start: ${start / 4} h after Friday evening.`, ...fails, ...lines].join('\n');
}

function line({ after, event, who, visit, hours, heard, dies }: Step): string {
  const when = after === DUE ? 'when something is due' : `${after} min later`;
  const what = /book|move|replace/.test(event)
    ? `${event} visit ${visit} to ${hours} h from now`
    : `${event} (visit ${visit})`;
  const death =
    dies > 0
      ? `the service dies ${dies} awaits later`
      : `the service dies just ${dies === BEFORE_SENDING ? 'before' : 'after'} it sends`;
  return `    ${when}, patient ${who}: ${what}; heard of ${heard}${dies === 0 ? '' : `; ${death}`}`;
}
