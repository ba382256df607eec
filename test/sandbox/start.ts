import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import express from 'express';
import { type Config, readConfig } from '../../sync/config.ts';
import { systemClock } from '../../sync/domain/clock.ts';
import { maySendAt } from '../../sync/domain/sending-hours.ts';
import { dayOfWeek, localDate, plus } from '../../sync/domain/time.ts';
import { phonePage } from '../../sync/http/phone-page/router.ts';
import { openLog } from '../../sync/log.ts';
import { receive } from '../../sync/reconcile/answer.ts';
import { releaseAll } from '../../sync/reconcile/release.ts';
import type { Service } from '../../sync/reconcile/service.ts';
import { drain, pollOnce } from '../../sync/reconcile/sweep.ts';
import { serve } from '../../sync/serve.ts';
import { phoneStore } from '../../sync/store/phone-message.ts';
import { explainFailure } from '../../sync/wire.ts';
import { type DemoClock, openDemoClock } from './demo-clock.ts';
import { openSandboxEhr, type SandboxEhr } from './ehr.ts';
import { explainPage } from './explain-page.ts';
import { frontDesk } from './front-desk/front-desk.ts';
import { listen } from './listen.ts';
import { passTime } from './pass-time.ts';
import { phoneDirectory } from './phone-directory.ts';
import { seed } from './practice/seed.ts';
import { realSchedule } from './timers.ts';

const USAGE =
  'npm start [-- --fresh]   starts the practice, the service and the phone; --fresh forgets everything first';
const PORTS = { ehr: 8090, service: 8080 };
const STATE = '.loopkeeper';
const PRACTICE = { name: 'Riverside Family Practice', sms: '+13125550100', email: 'frontdesk@riverside.example' };

const began = performance.now();
/** The whole in one process: an EHR to work at, the service beside it, and every patient's phone. */
async function start(fresh: boolean): Promise<void> {
  if (fresh) rmSync(STATE, { recursive: true, force: true });
  mkdirSync(STATE, { recursive: true });
  const clock = openDemoClock({ file: join(STATE, 'clock.json'), base: systemClock });
  const ehrUrl = `http://127.0.0.1:${PORTS.ehr}`;
  const ehr = await openSandboxEhr({
    clock: clock.now,
    baseUrl: () => `${ehrUrl}/fhir`,
    folder: join(STATE, 'ehr'),
    schedule: realSchedule,
  });
  const first = (await ehr.store.search('Patient')).length === 0;
  if (first) {
    startInTheMorning(clock);
    await seed(ehr.store, clock.now());
  }

  const config = demoConfig(ehrUrl);
  const log = openLog('warn', clock.now);
  let service: Service | undefined;
  const pass = async (ms: number) => void (service ? await passTime(service, ehr, clock, ms) : clock.advance(ms));
  const desk = express();
  desk.get('/', (_request, response) => response.redirect('/desk'));
  const explainUrl = (appointment: string) => `${config.publicUrl}/explain/${appointment}`;
  desk.use('/desk', frontDesk(ehr, { clock, pass, explainUrl, phoneUrl: () => `${config.publicUrl}/phone` }));
  desk.use(ehr.app);
  const office = await listen(desk, PORTS.ehr);

  const rooms = (made: Service) => demoRooms(made, ehr, config);
  const running = await serve(config, { clock: clock.now, log }, { rooms, prepare: enrol });
  service = running.service;
  announce(ehrUrl, config.publicUrl, first);
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(
      signal,
      () =>
        void running
          .stop()
          .then(office.close)
          .then(ehr.stop)
          .then(() => process.exit(0)),
    );
}

/** At night nothing may be sent, and a first look would show nothing: the demonstration opens on a working morning. */
function startInTheMorning(clock: DemoClock): void {
  const { zone, hours } = { zone: 'America/Chicago', hours: { from: '10:00', until: '16:00' } };
  let morning = clock.now();
  while (dayOfWeek(localDate(morning, zone)) > 5 || !maySendAt(morning, [zone], { weekday: hours, sunday: hours }))
    morning = plus(morning, 'PT15M');
  const ahead = Date.parse(morning) - Date.parse(clock.now());
  if (ahead > 0) clock.advance(ahead);
}

/** The first read is silent; an administrator would look at the dry run and then enrol the practice. */
async function enrol(service: Service): Promise<void> {
  await pollOnce(service, 'demo');
  await drain(service);
  await releaseAll(service, 'demo administrator');
  await drain(service);
}

/** The service's own configuration, as an operator would write it; only the phone channels exist nowhere else. */
function demoConfig(ehrUrl: string): Config {
  const config = readConfig({
    LOOPKEEPER_STATE: STATE,
    LOOPKEEPER_PORT: String(PORTS.service),
    EHR_BASE_URL: `${ehrUrl}/fhir`,
    EHR_HOOK_SECRET: 'demonstration-hook-secret',
  });
  const phone = (practiceAddress: string) => ({ kind: 'phone' as const, practiceAddress });
  return { ...config, channels: { production: false, sms: phone(PRACTICE.sms), email: phone(PRACTICE.email) } };
}

const demoRooms = (made: Service, ehr: SandboxEhr, { channels }: Config) => [
  {
    path: '/phone',
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
  { path: '/explain', router: explainPage(made) },
];

function announce(ehrUrl: string, serviceUrl: string, first: boolean): void {
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  console.log(`
Loopkeeper is up after ${seconds} s${first ? ', with a new practice' : ', where it stopped last time'}.

  Front desk (the sandbox EHR)   ${ehrUrl}/desk
  The patients' phones           ${serviceUrl}/phone
  The service's health           ${serviceUrl}/health

State is kept in ${STATE}/. Start over with: npm start -- --fresh
`);
}

const options = process.argv.slice(2);
if (options.some(option => option !== '--fresh')) {
  console.error(USAGE);
  process.exit(2);
}
try {
  await start(options.includes('--fresh'));
} catch (error) {
  console.error(explainFailure(error));
  process.exit(1);
}
