import type { RequestListener } from 'node:http';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { makeDatabaseAheadOfTime } from './ahead-of-time.ts';
import { takePlace } from './take-place.ts';

/** Only what is needed to find out whether to start at all is loaded above; the demo itself takes a second to load. */
const USAGE = `npm start [-- options]   starts the practice, the service and the phones
  --fresh              forgets everything first
  --port <n>           the service and the phones; 8080, or LOOPKEEPER_PORT
  --desk-port <n>      the front desk; 8090
Its state is kept in the folder LOOPKEEPER_STATE, or .loopkeeper`;
const STATE = process.env.LOOPKEEPER_STATE || '.loopkeeper';

interface Options {
  fresh: boolean;
  servicePort: number;
  deskPort: number;
}

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

function readOptions(): Options | undefined {
  const port = (text: string): number => (/^\d{1,5}$/.test(text) && Number(text) < 65_536 ? Number(text) : Number.NaN);
  try {
    const text = { type: 'string' } as const;
    const { values } = parseArgs({ options: { fresh: { type: 'boolean' }, port: text, 'desk-port': text } });
    const servicePort = port(values.port ?? process.env.LOOPKEEPER_PORT ?? '8080');
    const deskPort = port(values['desk-port'] ?? '8090');
    if (Number.isNaN(servicePort) || Number.isNaN(deskPort)) return undefined;
    return { fresh: values.fresh ?? false, servicePort, deskPort };
  } catch {
    return undefined;
  }
}

const options = readOptions();
if (!options) {
  console.error(USAGE);
  process.exit(2);
}
try {
  await start(options);
} catch (error) {
  console.error(error instanceof Error ? error.message : 'It failed for an unknown reason.');
  process.exit(1);
}
