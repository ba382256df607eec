import { connect } from 'node:tls';
import type { Instant } from '../domain/clock.ts';

const TIMEOUT_MS = 5_000;

/**
 * When the certificate that this address shows ends; undefined for plain http, and where nobody answers, which others
 * notice. One that is not trusted is looked at all the same: nothing is sent, and the end of it is what is asked.
 */
export function certificateEnd(address: string): Promise<Instant | undefined> {
  const { protocol, hostname, port } = new URL(address);
  if (protocol !== 'https:') return Promise.resolve(undefined);
  const host = hostname.replace(/^\[|\]$/g, '');
  return new Promise(resolve => {
    const socket = connect(
      { host, port: Number(port || 443), servername: hostname, rejectUnauthorized: false, timeout: TIMEOUT_MS },
      () => end(new Date(socket.getPeerCertificate().valid_to).toISOString()),
    );
    const end = (at: Instant | undefined) => {
      resolve(at);
      socket.destroy();
    };
    socket.once('error', () => end(undefined));
    socket.once('timeout', () => end(undefined));
  });
}
