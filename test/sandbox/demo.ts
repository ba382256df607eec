import type { RequestListener } from 'node:http';
import { join } from 'node:path';
import express from 'express';
import { type Config, readConfig } from '../../sync/config.ts';
import { systemClock } from '../../sync/domain/clock.ts';
import { phonePage } from '../../sync/http/phone-page/router.ts';
import { openLog } from '../../sync/log.ts';
import type { LoadedPolicy } from '../../sync/policy/load-policy.ts';
import { receive } from '../../sync/reconcile/answer.ts';
import { reconcile } from '../../sync/reconcile/loop.ts';
import type { Service } from '../../sync/reconcile/service.ts';
import { drain, pollOnce } from '../../sync/reconcile/sweep.ts';
import { type Running, serve } from '../../sync/serve.ts';
import { stalePatients } from '../../sync/store/patient.ts';
import { phoneStore } from '../../sync/store/phone-message.ts';
import { openDemoClock } from './demo-clock.ts';
import { openSandboxEhr, type SandboxEhr } from './ehr.ts';
import { explainPage } from './explain-page.ts';
import { freshlyReviewed } from './freshly-reviewed.ts';
import { frontDesk } from './front-desk/front-desk.ts';
import { passTime } from './pass-time.ts';
import { phoneDirectory } from './phone-directory.ts';
import { seed } from './practice/seed.ts';
import { startInTheMorning } from './start-in-the-morning.ts';
import { realSchedule } from './timers.ts';

const PRACTICE = {
  name: 'Riverside Family Practice',
  sms: '+13125550100',
  email: 'frontdesk@riverside.example',
  timeZone: 'America/Chicago',
  country: 'US',
};

/** A day goes by in less, where nothing fails. */
const PATIENCE_MS = 3000;

export interface DemoParts {
  state: string;
  deskUrl: string;
  servicePort: number;
  /** Resolves when the service may open its database. */
  database: Promise<void>;
}

export interface Demo {
  desk: RequestListener;
  serviceUrl: string;
  /** There was no practice yet; now there is one. */
  isNew: boolean;
  /** Brings the service up. The desk has to be reachable by then: the service reads from it. */
  serve(): Promise<void>;
  stop(): Promise<void>;
}

/** The whole in one process: an EHR to work at, the service beside it, and every patient's phone. */
export async function openDemo({ state, deskUrl, servicePort, database }: DemoParts): Promise<Demo> {
  const clock = openDemoClock({ file: join(state, 'clock.json'), base: systemClock });
  const ehr = await openSandboxEhr({
    clock: clock.now,
    baseUrl: () => `${deskUrl}/fhir`,
    folder: join(state, 'ehr'),
    schedule: realSchedule,
  });
  const isNew = (await ehr.store.search('Patient')).length === 0;
  if (isNew) {
    startInTheMorning(clock);
    await seed(ehr.store, clock.now());
  }
  const config = demoConfig(state, deskUrl, servicePort);
  const log = openLog('warn', clock.now);
  let running: Running | undefined;
  const pass = async (ms: number): Promise<void> => {
    try {
      if (running) await passTime(running.service, ehr, clock, ms);
      else clock.advance(ms);
    } catch (error) {
      log.error('Time stopped on its way.', { error: error instanceof Error ? error.name : 'unknown' });
      throw error;
    }
  };
  const desk = express();
  desk.get('/', (_request, response) => response.redirect('/desk'));
  const explainUrl = (appointment: string) => `${config.publicUrl}/explain/${appointment}`;
  const phoneUrl = (patient: string) => `${config.publicUrl}/phone/of/${patient}`;
  const office = frontDesk(ehr, { clock, pass, patienceMs: PATIENCE_MS, explainUrl, phoneUrl });
  desk.use('/desk', office.router);
  desk.use(ehr.app);
  desk.use(office.nothingHere);
  return {
    desk,
    serviceUrl: config.publicUrl,
    isNew,
    async serve() {
      await database;
      const rooms = (made: Service) => demoRooms(made, ehr, config, deskUrl);
      const policy = (loaded: LoadedPolicy) => freshlyReviewed(loaded, systemClock());
      running = await serve(config, { clock: clock.now, log }, { rooms, prepare: enrol, policy });
    },
    async stop() {
      await running?.stop();
      await ehr.stop();
    },
  };
}

/**
 * A first import stops at the brake, until an administrator has looked at the dry run. Nobody has to in a practice that
 * does not exist, so each patient is planned at once.
 */
async function enrol(service: Service): Promise<void> {
  await pollOnce(service, 'demo');
  const { sql } = service.database;
  for (const patient of await stalePatients(sql, service.clock(), EVERYBODY)) await reconcile(service, patient);
  await drain(service);
}

const EVERYBODY = 10_000;

/** The service's own configuration, as an operator would write it; only the phone channels exist nowhere else. */
function demoConfig(state: string, ehrUrl: string, port: number): Config {
  const config = readConfig({
    LOOPKEEPER_STATE: state,
    LOOPKEEPER_PORT: String(port),
    EHR_BASE_URL: `${ehrUrl}/fhir`,
    EHR_HOOK_SECRET: 'demonstration-hook-secret',
  });
  const phone = (practiceAddress: string) => ({ kind: 'phone' as const, practiceAddress });
  return { ...config, channels: { production: false, sms: phone(PRACTICE.sms), email: phone(PRACTICE.email) } };
}

const demoRooms = (made: Service, ehr: SandboxEhr, { channels }: Config, deskUrl: string) => [
  {
    path: '/phone',
    name: 'The patients’ phones',
    router: phonePage({
      demo: !channels.production,
      directory: async () => phoneDirectory(ehr, (await made.policy()).clinic, made.clock()),
      store: phoneStore(made.database.sql),
      practice: PRACTICE,
      clock: made.clock,
      newId: made.newId,
      receive: message => receive(made, message),
    }),
  },
  { path: '/explain', router: explainPage(made, ehr.store, deskUrl) },
];
