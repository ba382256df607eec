import { Agent, request } from 'node:http';
import type { z } from 'zod';
import { type Answer, Order } from './callers.ts';
import { visitText } from './samples.ts';

/** As many as an EHR has delivery threads, or a little more. */
const LINES = 16;

const agent = new Agent({ keepAlive: true, maxSockets: LINES });
let last = 0;

/** One notification as HAPI sends it: PUT of the whole record, a new one each time. Resolves to the status. */
function notify({ url, path, secret }: z.infer<typeof Order>): Promise<number> {
  last += 1;
  const body = visitText({ id: `n${last}`, patient: 'p1', status: 'booked', start: '2026-12-01T16:00:00.000Z' });
  const headers = {
    'content-type': 'application/fhir+json',
    'content-length': Buffer.byteLength(body),
    'x-loopkeeper-secret': secret,
  };
  return new Promise((resolve, reject) => {
    const call = request(`${url}${path}/Appointment/n${last}`, { method: 'PUT', agent, headers }, response => {
      response.resume().on('end', () => resolve(response.statusCode ?? 0));
    });
    call.on('error', reject);
    call.end(body);
  });
}

process.on('message', async message => {
  const order = Order.parse(message);
  const began = performance.now();
  let [calls, refused] = [0, 0];
  const line = async () => {
    while (performance.now() - began < order.ms) {
      calls += 1;
      if ((await notify(order)) !== 200) refused += 1;
    }
  };
  await Promise.all(Array.from({ length: LINES }, line));
  process.send?.({ calls, refused, ms: performance.now() - began } satisfies z.infer<typeof Answer>);
});
