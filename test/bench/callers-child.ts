import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { z } from 'zod';
import { type Answer, Order } from './callers.ts';
import { firstVisitOf, visitText } from './samples.ts';

/** As many as an EHR has delivery threads, or a little more. */
const LINES = 16;

const kept = new Agent({ keepAlive: true, maxSockets: LINES });
/** For calls in due time: a line that was idle may be closed just as it is used again. */
const fresh = new Agent({ keepAlive: false });
let last = 0;

/** One notification as HAPI sends it: PUT of the whole record. Resolves to the status. */
function notify({ url, path, secret, about }: z.infer<typeof Order>, id: string): Promise<number> {
  const body = visitText({ id, patient: 'p1', status: 'booked', start: '2026-12-01T16:00:00.000Z' });
  const headers = {
    'content-type': 'application/fhir+json',
    'content-length': Buffer.byteLength(body),
    'x-loopkeeper-secret': secret,
  };
  const agent = 'perSecond' in about ? fresh : kept;
  return new Promise((resolve, reject) => {
    const call = request(`${url}${path}/Appointment/${id}`, { method: 'PUT', agent, headers }, response => {
      response.resume().on('end', () => resolve(response.statusCode ?? 0));
    });
    call.on('error', reject);
    call.end(body);
  });
}

/** The visits to tell of, one after another, in due time. */
async function* visits({ about }: z.infer<typeof Order>, began: number): AsyncGenerator<string> {
  if ('ms' in about) {
    while (performance.now() - began < about.ms) {
      last += 1;
      yield `n${last}`;
    }
  } else
    for (let i = 0; i < about.patients.count; i += 1) {
      const early = about.perSecond ? began + (i * 1000) / about.perSecond - performance.now() : 0;
      if (early > 0) await sleep(early);
      yield `a${firstVisitOf(about.patients.from + i)}`;
    }
}

process.on('message', async message => {
  const order = Order.parse(message);
  const began = performance.now();
  const told = visits(order, began);
  let [calls, refused] = [0, 0];
  const line = async () => {
    for (let next = await told.next(); !next.done; next = await told.next()) {
      calls += 1;
      if ((await notify(order, next.value)) !== 200) refused += 1;
    }
  };
  await Promise.all(Array.from({ length: LINES }, line));
  process.send?.({ calls, refused, ms: performance.now() - began } satisfies z.infer<typeof Answer>);
});
