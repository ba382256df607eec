import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Server } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { afterEach, describe, expect, test } from 'vitest';
import { certificateEnd } from '../../sync/fhir/certificate.ts';
import { watchAlarms } from '../../sync/reconcile/watch-alarms.ts';
import { alarms } from '../../sync/store/alarm.ts';
import { freePort } from '../support/free-port.ts';
import { selfSigned } from '../support/self-signed.ts';
import { MONDAY } from '../support/whole.ts';
import { wholes } from '../support/wholes.ts';

const DEFAULT = { from: '200101000000Z', to: '490101000000Z' };

/** The signature covers other dates then, which nobody looks at here: it is a certificate that nobody trusts anyway. */
function valid({ from, to }: typeof DEFAULT, host = 'ehr.example') {
  const { key, cert } = selfSigned(host);
  const der = Buffer.from(cert.replaceAll(/-----[^-]+-----|\s/g, ''), 'base64').toString('latin1');
  const dated = Buffer.from(der.replace(DEFAULT.from, from).replace(DEFAULT.to, to), 'latin1').toString('base64');
  return { key, cert: `-----BEGIN CERTIFICATE-----\n${dated}\n-----END CERTIFICATE-----\n` };
}

const open: Server[] = [];
afterEach(() => {
  for (const server of open.splice(0)) server.close();
});

async function portOf(server: Server): Promise<number> {
  open.push(server);
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

/** Shows this certificate to whoever comes, and remembers the names it is asked for by. */
async function showing(certificate: { key: string; cert: string }) {
  const names: string[] = [];
  const SNICallback = (name: string, found: (error: null) => void) => {
    names.push(name);
    found(null);
  };
  return { port: await portOf(createTlsServer({ ...certificate, SNICallback })), names };
}

describe('the end of the certificate at an address', () => {
  test.each<[name: string, dates: typeof DEFAULT, ends: string]>([
    ['in years', DEFAULT, '2049-01-01T00:00:00.000Z'],
    ['soon', { ...DEFAULT, to: '261205120000Z' }, '2026-12-05T12:00:00.000Z'],
    ['over', { ...DEFAULT, to: '210304050607Z' }, '2021-03-04T05:06:07.000Z'],
    ['not begun', { from: '480101000000Z', to: '490101000000Z' }, '2049-01-01T00:00:00.000Z'],
  ])('%s', async (_, dates, ends) => {
    const { port } = await showing(valid(dates));
    expect(await certificateEnd(`https://127.0.0.1:${port}/fhir`)).toBe(ends);
  });

  test('is asked for by the name of the address, and told though the certificate has another', async () => {
    const { port, names } = await showing(valid(DEFAULT, 'somebody-else.example'));
    expect(await certificateEnd(`https://localhost:${port}`)).toBe('2049-01-01T00:00:00.000Z');
    expect(await certificateEnd(`https://127.0.0.1:${port}`)).toBe('2049-01-01T00:00:00.000Z');
    expect(names).toEqual(['localhost']);
  });

  test.each<[name: string, address: () => Promise<string>]>([
    ['plain http', async () => 'http://ehr.example/fhir'],
    ['nobody listens', async () => `https://127.0.0.1:${await freePort()}`],
    ['no such name', async () => 'https://nobody.invalid'],
    ['http where https is said', async () => `https://127.0.0.1:${await portOf(createHttpServer())}`],
    [
      'it hangs up at once',
      async () => `https://127.0.0.1:${await portOf(createTcpServer(socket => void socket.destroy()))}`,
    ],
    [
      'it ends on no day that there is',
      async () => `https://127.0.0.1:${(await showing(valid({ ...DEFAULT, to: '499901000000Z' }))).port}`,
    ],
    ['it says nothing', async () => `https://127.0.0.1:${await portOf(createTcpServer())}`],
  ])('is not known: %s', { timeout: 20_000 }, async (_, address) => {
    expect(await certificateEnd(await address())).toBeUndefined();
  });
});

describe('the alarm', () => {
  const start = wholes();
  test.each<[name: string, ends: string, rings: boolean]>([
    ['it ends in a fortnight and an hour', '261207170000Z', false],
    ['it ends in less than a fortnight', '261207150000Z', true],
    ['it has ended', '261122000000Z', true],
  ])('%s', async (_, to, rings) => {
    const { port } = await showing(valid({ ...DEFAULT, to }));
    const whole = await start({ hears: 'poll', at: MONDAY });
    await whole.poll();
    const addresses = [`https://127.0.0.1:${port}/fhir`, 'http://127.0.0.1/plain'];
    const owners = { operator: { email: [] }, administrator: { email: [] } };
    await watchAlarms(whole.service, { owners, secretsEnd: {}, addresses }, 'test');
    const found = (await alarms(whole.database.sql)).filter(({ alarm }) => alarm === 'certificate');
    const ends = `20${to.replace(/(..)(..)(..)(..)(..)(..)Z/, '$1-$2-$3T$4:$5:$6.000Z')}`;
    expect(found.map(({ subject, detail }) => `${subject} ${detail}`)).toEqual(
      rings ? [`127.0.0.1:${port} ends ${ends}`] : [],
    );
  });
});
