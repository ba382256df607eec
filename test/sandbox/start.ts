import type { RequestListener } from 'node:http';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { makeDatabaseAheadOfTime } from './ahead-of-time.ts';
import { type Options, readOptions, USAGE } from './start-options.ts';
import { takePlace } from './take-place.ts';

/** Only what is needed to find out whether to start at all is loaded above; the demo itself takes a second to load. */
const STATE = process.env.LOOPKEEPER_STATE || '.loopkeeper';

// A small practice runs as fast without: to optimise the code of the database costs seconds of both cores at the start.
setFlagsFromString('--liftoff-only');

async function start(options: Options): Promise<void> {
  let desk: RequestListener = (_request, response) => {
    response.writeHead(503, { 'retry-after': '5' }).end('The demo is starting; try again in a few seconds.\n');
  };
  const place = await takePlace({ ...options, state: STATE }, (request, response) => desk(request, response));
  const database = makeDatabaseAheadOfTime(join(STATE, 'db'));
  const { openDemo } = await import('./demo.ts');
  const demo = await openDemo({ state: STATE, deskUrl: place.office.url, servicePort: place.servicePort, database });
  desk = demo.desk;
  await demo.serve();
  announce(place.office.url, demo.serviceUrl, demo.isNew);
  const stop = () =>
    void demo
      .stop()
      .then(place.leave)
      .then(() => process.exit(0));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stop);
}

function announce(deskUrl: string, serviceUrl: string, isNew: boolean): void {
  const seconds = (performance.now() / 1000).toFixed(1);
  console.log(`
Loopkeeper is up after ${seconds} s${isNew ? ', with a new practice' : ', where it stopped last time'}.

  Front desk (the sandbox EHR)   ${deskUrl}/desk
  The patients' phones           ${serviceUrl}/phone
  The service's health           ${serviceUrl}/health

State is kept in ${STATE}. Start over with: npm start -- --fresh
`);
}

const read = readOptions(process.argv.slice(2), process.env);
if ('help' in read) {
  console.log(USAGE);
  process.exit(0);
}
if ('wrong' in read) {
  console.error(`${read.wrong}\n\n${USAGE}`);
  process.exit(2);
}
try {
  await start(read.options);
} catch (error) {
  console.error(error instanceof Error ? error.message : 'It failed for an unknown reason.');
  process.exit(1);
}
