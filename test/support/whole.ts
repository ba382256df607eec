import { Writable } from 'node:stream';
import winston from 'winston';
import type { ChannelMedium, InboundMessage } from '../../sync/channels/channel.ts';
import { answerFromPhone } from '../../sync/channels/phone/answer.ts';
import { NO_FAULTS, type PhoneFaults, phoneChannel } from '../../sync/channels/phone/channel.ts';
import type { PhoneEntry, PhoneStore } from '../../sync/channels/phone/store.ts';
import { type Config, readConfig } from '../../sync/config.ts';
import { clientOpener, connect } from '../../sync/connect.ts';
import type { Instant } from '../../sync/domain/clock.ts';
import type { Policy } from '../../sync/domain/policy/policy.ts';
import type { SubscriptionWishes } from '../../sync/domain/policy/subscription-wishes.ts';
import { durationMs, plus } from '../../sync/domain/time.ts';
import { type Doors, openApp } from '../../sync/http/app.ts';
import { receive } from '../../sync/reconcile/answer.ts';
import { receiveReport } from '../../sync/reconcile/outcome.ts';
import { activate } from '../../sync/reconcile/policy-in-force.ts';
import type { Service } from '../../sync/reconcile/service.ts';
import { subscribe } from '../../sync/reconcile/subscriptions.ts';
import { drain, pollOnce } from '../../sync/reconcile/sweep.ts';
import type { Database } from '../../sync/store/database.ts';
import { phoneStore } from '../../sync/store/phone-message.ts';
import { wire } from '../../sync/wire.ts';
import { openDemoClock } from '../sandbox/demo-clock.ts';
import { openSandboxEhr, type SandboxEhr } from '../sandbox/ehr.ts';
import { type Listening, listen } from '../sandbox/listen.ts';
import { passTime } from '../sandbox/pass-time.ts';
import { forget, openTestDatabase } from './database.ts';
import { shippedPolicy } from './policy.ts';

/** A Monday morning in Chicago, ten o'clock: everything may be sent. */
export const MONDAY: Instant = '2026-11-23T16:00:00.000Z';
export const PRACTICE = { sms: '+13125550100', email: 'frontdesk@riverside.example' };
export const SECRET = 'a-secret-for-the-hooks-of-tests';

export interface WholeOptions {
  at?: Instant;
  /** Shared by the tests of one file; what earlier ones left in it is forgotten. Else the whole opens its own. */
  database?: Database;
  /** The shipped one unless given. */
  policy?: Policy;
  /** `poll`: never told of anything, so it has to ask. Default `hooks`. */
  hears?: 'hooks' | 'poll';
  /** What is in the chart before the service first looks: history, not news. */
  before?: (ehr: SandboxEhr, jump: (duration: string) => void) => Promise<unknown>;
  /** What the practice wants to be notified of; as shipped unless given. */
  wishes?: SubscriptionWishes;
  /** The EHR takes no record of ours. */
  readOnly?: boolean;
  /** Stands between the service and the EHR. */
  fetch?: typeof fetch;
  /** Stands between the service and its database. */
  through?: (database: Database) => Database;
  /** Stands between the service and its phones. */
  channels?: (phones: Service['channels'], url: string) => Service['channels'];
  /** Further doors of the service, at its address. */
  rooms?: (service: Service, url: string) => Doors['rooms'];
  /** By how much the clock of the EHR is ahead of ours; with a minus, behind. */
  ehrAhead?: string;
}

export interface Whole {
  /** Changes with `restart`. */
  readonly service: Service;
  ehr: SandboxEhr;
  /** The database itself, whatever stands before it. */
  database: Database;
  /** The doors of the service, over real HTTP. */
  url: string;
  /** Every line the service logged, as JSON. */
  logged: string[];
  /** Set it, and the phones misbehave. */
  phones: PhoneFaults;
  now(): Instant;
  /** Lets an ISO duration go by, from one thing to do to the next. */
  advance(duration: string): Promise<void>;
  /** Lets the clock jump without anybody looking: the service was down, or slept. */
  jump(duration: string): void;
  /** The clock of our machine jumps to so much ahead of the true hour; with a minus, behind; with nothing, it is right again. */
  setClockAhead(duration: string): void;
  /** Does what there is to do now. */
  settle(): Promise<void>;
  poll(): Promise<void>;
  /** What phones and mailboxes got, oldest first; of one address or of all. */
  texts(address?: string): Promise<PhoneEntry[]>;
  /** Somebody writes to the practice. */
  says(from: string, body: string, medium?: ChannelMedium): Promise<void>;
  /** The process died, and another one starts on the same database. */
  restart(): void;
  close(): Promise<void>;
}

/** EHR, database, service, doors and phones in one process, the clock held, ids counted, nothing random. */
export async function openWhole(options: WholeOptions = {}): Promise<Whole> {
  const truth = openDemoClock({ base: () => options.at ?? MONDAY });
  let wrong = 'PT0S';
  /** The service's; the EHR has another machine, and its own. */
  const clock = { ...truth, now: () => plus(truth.now(), wrong) };
  const database = options.database ?? (await openTestDatabase());
  if (options.database) await forget(options.database);
  const ids = counted();
  let office: Listening | undefined;
  const ehr = await openSandboxEhr({
    clock: () => plus(truth.now(), options.ehrAhead ?? 'PT0S'),
    baseUrl: () => `${office?.url}/fhir`,
    newId: ids,
  });
  office = await listen(ehr.app);
  const jump = (duration: string) => {
    clock.advance(durationMs(duration));
    ehr.tick();
  };
  await options.before?.(ehr, jump);

  const logged: string[] = [];
  const doors: { handle?: Parameters<typeof listen>[0] } = {};
  const door = await listen((request, response) => doors.handle?.(request, response));
  const config = configOf(office.url, door.url, options);
  const around = {
    clock: clock.now,
    log: openTestLog(logged),
    newId: ids,
    random: () => 0.5,
    sleep: async () => undefined,
    ...(options.fetch ? { fetch: options.fetch } : {}),
  };
  await activate(
    { database, clock: clock.now },
    { policy: options.policy ?? shippedPolicy(), version: 'test' },
    'test',
  );
  const found = await connect(config, around);
  const writes = { ...found.profile.writes, ...(options.readOnly ? { create: [] } : {}) };
  const profile = { ...found.profile, writes };
  const phones: PhoneFaults = { ...NO_FAULTS };
  const start = (): Service => {
    // What a client has learnt of its EHR dies with its process.
    const client = clientOpener(config, around)(profile);
    const connection = { ...found, client, profile, wishes: options.wishes ?? found.wishes };
    const service = wire(config, options.through?.(database) ?? database, connection, around);
    const plain = phonesOf(service, phoneStore(database.sql), ids, () => phones);
    service.channels = options.channels?.(plain, door.url) ?? plain;
    const hook = { baseUrl: connection.baseUrl, profile: connection.profile, secrets: { header: [SECRET] } };
    const rooms = options.rooms?.(service, door.url) ?? [];
    doors.handle = openApp(service, { hook: name => (name === connection.id ? hook : undefined), rooms });
    return service;
  };
  let service = start();
  await subscribe(service, { publicUrl: door.url, secret: SECRET });
  const settle = async () => {
    await ehr.settle();
    await drain(service);
  };
  const poll = async () => {
    await pollOnce(service, 'test');
    await settle();
  };
  const store = phoneStore(database.sql);
  await poll();
  return {
    get service() {
      return service;
    },
    ehr,
    database,
    url: door.url,
    logged,
    phones,
    now: clock.now,
    advance: duration => passTime(service, ehr, clock, durationMs(duration)),
    jump,
    setClockAhead(duration) {
      wrong = duration;
    },
    settle,
    poll,
    async texts(address) {
      const all = await store.list({ ...(address ? { address } : {}), limit: 1000 });
      return all.filter(entry => entry.writtenBy === 'practice');
    },
    async says(from, body, medium = 'sms') {
      const receiving = {
        store,
        clock: clock.now,
        newId: ids,
        receive: (message: InboundMessage) => receive(service, message),
      };
      await answerFromPhone(receiving, { medium, from, to: PRACTICE[medium], body });
      await settle();
    },
    restart() {
      service = start();
    },
    async close() {
      await ehr.stop();
      await Promise.all([office?.close(), door.close()]);
      if (!options.database) await database.close();
    },
  };
}

/** `…-000000000001`, `…-000000000002`: the same in every run. */
function counted(): () => string {
  let last = 0;
  return () => {
    last += 1;
    return `00000000-0000-4000-8000-${String(last).padStart(12, '0')}`;
  };
}

function configOf(ehrUrl: string, url: string, { hears }: WholeOptions): Config {
  const config = readConfig({
    LOOPKEEPER_PUBLIC_URL: url,
    EHR_BASE_URL: `${ehrUrl}/fhir`,
    ...(hears === 'poll' ? {} : { EHR_HOOK_SECRET: SECRET }),
  });
  const phone = (practiceAddress: string) => ({ kind: 'phone' as const, practiceAddress });
  return { ...config, channels: { production: false, sms: phone(PRACTICE.sms), email: phone(PRACTICE.email) } };
}

/** As `wire` makes them, but with faults that a test can set. What a phone has got outlives the service. */
function phonesOf(
  service: Service,
  store: PhoneStore,
  newId: () => string,
  faults: () => PhoneFaults,
): Service['channels'] {
  const of = (medium: ChannelMedium) =>
    phoneChannel(medium, {
      store,
      practiceAddress: PRACTICE[medium],
      clock: service.clock,
      newId,
      report: report => receiveReport(service, report),
      faults,
    });
  return { sms: of('sms'), email: of('email') };
}

function openTestLog(lines: string[]) {
  const stream = new Writable({
    write(chunk, _encoding, done) {
      lines.push(String(chunk));
      done();
    },
  });
  return winston.createLogger({
    level: 'debug',
    format: winston.format.json(),
    transports: [new winston.transports.Stream({ stream })],
  });
}
