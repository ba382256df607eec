import type { Channel } from '../../sync/channels/channel.ts';
import type { Instant } from '../../sync/domain/clock.ts';
import { plus, plusMs } from '../../sync/domain/time.ts';
import { EhrError } from '../../sync/fhir/outcome.ts';
import { receive } from '../../sync/reconcile/answer.ts';
import { askAboutCutOff } from '../../sync/reconcile/outcome.ts';
import { drain, pollOnce } from '../../sync/reconcile/sweep.ts';
import type { Database } from '../../sync/store/database.ts';
import { nextMoment } from '../../sync/store/next-moment.ts';
import { addHints } from '../../sync/store/notification.ts';
import { mortal } from '../support/mortal.ts';
import { shippedPolicy, withClinic } from '../support/policy.ts';
import { openWhole, PRACTICE, type Whole } from '../support/whole.ts';
import { untrue } from './check-send.ts';
import { type Desk, openDesk } from './desk.ts';
import { type Ending, endingOf, patientsIn } from './ending.ts';
import { forgotten } from './forgotten.ts';
import { AFTER_SENDING, BEFORE_SENDING, type Chaos, DUE, type Step } from './history.ts';
import { unproven } from './unproven.ts';

/** Friday, eight in the evening in Chicago. */
const FRIDAY: Instant = '2026-10-31T01:00:00.000Z';
/** Many families move at once here; the brake has its own tests. */
const POLICY = withClinic(shippedPolicy(), { brake: { count: 1_000_000, share: 1 } });

export interface Run {
  /** What must never be, in sentences. */
  wrong: string[];
  /**
   * Families one of whose texts was cut off by a death before it left: it goes some minutes later, and what happens
   * meanwhile may rightly overtake it.
   */
  delayed: boolean[];
  /** A while after the last step, when everything has been heard of; and days later, when all is said. */
  soon: Ending[];
  finally: Ending[];
}

/** When each step of each family came, so that both runs have the same clock. */
export interface Score {
  times: Instant[][];
}

/** Plays all histories in one world. Quiet: every hook comes at once and nobody dies. */
export async function play(database: Database, chaos: Chaos, quiet: boolean, score: Score): Promise<Run> {
  const stage = await openStage(database, chaos, quiet, score);
  try {
    await stage.playAll();
    const soon = await stage.endings();
    const left = await stage.forgotten();
    await stage.until(plus(stage.whole.now(), 'P4D'));
    const delayed = await stage.delayed();
    return { wrong: [...stage.wrong, ...left], delayed, soon, finally: await stage.endings() };
  } finally {
    await stage.whole.close();
  }
}

interface Stage {
  whole: Whole;
  wrong: string[];
  playAll(): Promise<void>;
  until(at: Instant): Promise<void>;
  endings(): Promise<Ending[]>;
  delayed(): Promise<boolean[]>;
  forgotten(): Promise<string[]>;
}

async function openStage(database: Database, chaos: Chaos, quiet: boolean, score: Score): Promise<Stage> {
  const process = mortal();
  const wrong: string[] = [];
  const stopped = new Map<string, boolean>();
  const failing = { ehr: false, service: false };
  const watched = (channel: Channel | undefined): Channel | undefined =>
    channel && {
      ...channel,
      async send(message) {
        process.pass('before');
        wrong.push(...(await untrue(whole, message, stopped)));
        const result = await channel.send(message);
        process.pass('after');
        return result;
      },
    };
  const whole: Whole = await openWhole({
    at: plusMs(FRIDAY, chaos.start * 900_000),
    database,
    policy: POLICY,
    hears: 'poll',
    readOnly: !chaos.publishes,
    through: process.database,
    channels: ({ sms, email }) => ({ sms: watched(sms), email: watched(email) }),
    fetch: async (...request) => {
      if (failing.ehr) throw new TypeError('The EHR is down.');
      return process.fetch(...request);
    },
  });
  const desks: Desk[] = chaos.histories.map((_, family) => openDesk(whole.ehr, family));
  const agenda = new Map<Instant, (() => Promise<unknown>)[]>();
  const later = (seconds: number, ...acts: (() => Promise<unknown>)[]) => {
    const at = plusMs(whole.now(), seconds * 1000);
    agenda.set(at, [...(agenda.get(at) ?? []), ...acts]);
  };
  const poll = () => pollOnce(whole.service, 'test');

  /** What the service would do at this moment; after a death, what the next one does. */
  async function work(): Promise<void> {
    if (failing.service) return;
    const now = whole.now();
    const acts = new Set([...agenda].filter(([at]) => at <= now).flatMap(([, some]) => some));
    for (const at of [...agenda.keys()]) if (at <= now) agenda.delete(at);
    for (const act of acts) await alive(act);
    await alive(() => askAboutCutOff(whole.service));
    await alive(() => drain(whole.service));
  }

  async function alive(act: () => Promise<unknown>): Promise<void> {
    for (;;) {
      try {
        await act();
        if (!process.isDead()) return;
      } catch (error) {
        if (error instanceof EhrError && !process.isDead()) return afterTrouble();
        if (!process.isDead()) throw error;
      }
      process.revive();
      whole.phones.delivers = true;
      whole.restart();
      afterTrouble();
    }
  }

  /** Sweeps run every few seconds and the poll every minute; here only when there is something for them. */
  function afterTrouble(): void {
    if (failing.ehr || failing.service) return;
    for (const seconds of [5, 121, 307, 428]) later(seconds);
    later(61, poll);
  }

  /** Stops just as the hour strikes: what then happens at the desk comes before what the service does. */
  async function until(at: Instant): Promise<void> {
    while (whole.now() < at) {
      await work();
      const now = whole.now();
      const moments = [await nextMoment(database.sql, now), ...agenda.keys()].filter(
        one => one !== undefined && one > now,
      );
      const next = atSweep(moments.sort()[0] ?? at);
      whole.jump(`PT${(Date.parse(next < at ? next : at) - Date.parse(now)) / 1000}S`);
    }
  }

  async function perform(step: Step, desk: Desk): Promise<void> {
    const text = desk.says(step);
    if (text) await hear(text.from, text.body);
    const references = await desk.does(step, whole.now());
    if (!quiet) die(step.dies);
    const hint = () => addHints(database.sql, hintsOf(references), whole.now());
    const heard = quiet ? 'promptly' : step.heard;
    if (heard === 'promptly' || heard === 'twice') await hint();
    if (heard === 'twice') await hint();
    if (heard === 'backwards') await addHints(database.sql, hintsOf(references.toReversed()), whole.now());
    if (heard === 'late') later(45, hint);
    if (heard === 'never') later(60, poll);
  }

  function die(dies: number): void {
    if (dies > 0) process.dieAfter(dies);
    if (dies === BEFORE_SENDING) process.dieSending('before');
    if (dies !== AFTER_SENDING) return;
    process.dieSending('after');
    // No report comes either: nobody but the provider knows that it was sent, and it has to be asked.
    whole.phones.delivers = false;
  }

  /** The provider calls until it is told that the message was kept. */
  async function hear(from: string, body: string): Promise<void> {
    if (body === 'STOP' || body === 'START') stopped.set(from, body === 'STOP');
    const providerId = `said-${from}-${whole.now()}-${body}`;
    const message = { channel: 'phone-sms', medium: 'sms' as const, providerId, from, to: PRACTICE.sms, body };
    const receiving = () => receive(whole.service, { ...message, receivedAt: whole.now(), attachments: [] });
    await alive(receiving);
    if (!quiet) await alive(receiving);
  }

  /** When a family's next step comes: as in the quiet run, if there was one. */
  async function cueFor(family: number, number: number): Promise<Cue> {
    const step = chaos.histories[family]?.[number];
    // What the last step led to has to be planned before it can be due; in either run, so that both do the same.
    if (step?.after === DUE) await work();
    const at = score.times[family]?.[number] ?? (await timeOf(step, family));
    const times = score.times[family] ?? [];
    times[number] = at;
    score.times[family] = times;
    return {
      at,
      act: async () => (step ? perform(step, desks[family] as Desk) : undefined),
      ...(step ? { next: () => cueFor(family, number + 1) } : {}),
    };
  }

  async function timeOf(step: Step | undefined, family: number): Promise<Instant> {
    const now = whole.now();
    if (!step) return now;
    if (step.after !== DUE) return plusMs(now, step.after * 60_000);
    const due = await nextDue(database.sql, patientsIn(family), now);
    return due ? atSweep(due) : plus(now, 'PT1H');
  }

  async function setFailing(on: boolean): Promise<void> {
    const { of } = chaos.outage;
    failing.ehr = on && of === 'ehr';
    failing.service = on && of === 'service';
    whole.phones.send = on && of === 'phones' ? 'silent-lost' : 'works';
    if (!on) later(0, poll);
    afterTrouble();
  }

  return {
    whole,
    wrong,
    until,
    async playAll() {
      for (const desk of desks) {
        const arrived = await desk.arrive();
        await addHints(database.sql, hintsOf(arrived), whole.now());
      }
      await work();
      const begins = whole.now();
      const { of, from, minutes } = chaos.outage;
      const breaks = of !== 'nothing' && !quiet;
      const cues: Cue[] = breaks
        ? [from, from + minutes].map((at, i) => ({ at: plusMs(begins, at * 60_000), act: () => setFailing(i === 0) }))
        : [];
      for (const family of desks.keys()) cues.push(await cueFor(family, 0));
      for (let cue = soonest(cues); cue; cue = soonest(cues)) {
        await until(cue.at);
        cues.splice(cues.indexOf(cue), 1);
        await cue.act();
        if (cue.next) cues.push(await cue.next());
      }
      await until(plus(whole.now(), 'PT25M'));
      // What falls due at this very moment is not forgotten.
      await work();
    },
    async delayed() {
      const query = database.sql.selectFrom('journal').select('patient').distinct().where('what', '=', 'planned');
      const cutOff = new Set((await query.execute()).map(row => row.patient));
      return desks.map((_, family) => patientsIn(family).some(patient => cutOff.has(patient)));
    },
    endings: () => Promise.all(desks.map((_, family) => endingOf(whole, family))),
    forgotten: async () => {
      const families = desks.map((desk, family) => forgotten(whole, family, desk.visits(), POLICY));
      return [...(await Promise.all(families)).flat(), ...(await unproven(whole))];
    },
  };
}

/** The service looks every five seconds, and not between. */
const atSweep = (at: Instant): Instant => new Date(Math.ceil(Date.parse(at) / 5000) * 5000).toISOString();

interface Cue {
  at: Instant;
  act: () => Promise<void>;
  next?: () => Promise<Cue>;
}

/** The soonest; of several the one that was there first. */
const soonest = (cues: Cue[]): Cue | undefined => cues.toSorted((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0))[0];

const hintsOf = (references: string[]) =>
  references.map(reference => {
    const [type, id] = reference.split('/');
    return { connection: 'ehr', type, id };
  });

/** When the next message to one of these patients is due. */
async function nextDue(sql: Database['sql'], patients: string[], now: Instant): Promise<Instant | undefined> {
  const row = await sql
    .selectFrom('message')
    .select(eb => eb.fn.min<Instant | null>('due_at').as('at'))
    .where('patient', 'in', patients)
    .where('state', '=', 'planned')
    .where('due_at', '>', now)
    .executeTakeFirst();
  return row?.at ?? undefined;
}
