import { parseArgs } from 'node:util';
import { systemClock } from '../../sync/domain/clock.ts';
import { practice } from '../sandbox/practice/practice.ts';
import { whyNot } from './build.ts';
import { startHapi } from './hapi.ts';
import { hasPatients, seedOverHttp } from './seed.ts';

const text = { type: 'string' } as const;
const { values } = parseArgs({ options: { port: text, jdbc: text, interval: text, bare: { type: 'boolean' } } });

const reason = whyNot();
if (reason) {
  console.error(reason);
  process.exit(1);
}
const hapi = await startHapi({
  port: Number(values.port ?? 8091),
  intervalMs: Number(values.interval ?? 5000),
  ...(values.jdbc === undefined ? {} : { jdbc: values.jdbc }),
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void hapi.stop());
const seeded = !values.bare && !(await hasPatients(hapi.baseUrl));
if (seeded) await seedOverHttp(hapi.baseUrl, practice(systemClock()));
console.log(`
A real HAPI FHIR server${seeded ? ', with the demo practice' : ''}:

  EHR_BASE_URL=${hapi.baseUrl}

Ctrl-C stops it. Remove Subscriptions to a service before that service ends: one dead endpoint delays all others.
`);
await hapi.ended;
