import { isIP } from 'node:net';
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
  // A name to be shown the certificate of; an address is none (RFC 6066, 3).
  const servername = isIP(host) ? '' : host;
  return new Promise(resolve => {
    const socket = connect(
      { host, port: Number(port || 443), servername, rejectUnauthorized: false, timeout: TIMEOUT_MS },
      () => end(instantOf(socket.getPeerCertificate().valid_to)),
    );
    const end = (at: Instant | undefined) => {
      resolve(at);
      socket.destroy();
    };
    socket.once('error', () => end(undefined));
    socket.once('timeout', () => end(undefined));
  });
}

/** `Jan  1 00:00:00 2049 GMT`. What cannot be read would otherwise end the process: nobody catches in a socket's callback. */
function instantOf(text: string | undefined): Instant | undefined {
  const at = new Date(text ?? '');
  return Number.isNaN(at.getTime()) ? undefined : at.toISOString();
}
