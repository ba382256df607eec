import { Readable } from 'node:stream';
import SMTPConnection from 'nodemailer/lib/smtp-connection';
import type { SmtpError } from './errors.ts';

export interface SmtpTransport {
  host: string;
  port: number;
  /** `none` is for a relay on this very machine; `starttls` gives up where the server does not offer it. */
  security: 'tls' | 'starttls' | 'none';
  auth?: { user: string; pass: string } | undefined;
  /** Longest silence of the server that we bear, in milliseconds. */
  timeoutMs: number;
}

export type SessionEnd = { done: true } | { done: false; error: SmtpError; handedOver: boolean };

/**
 * One connection, at most one e-mail; without `mail` only the connection and the login are tried. Never rejects.
 *
 * nodemailer's `sendMail` reports a broken connection alike before and after the message left, so this uses the layer
 * below it, which begins to read the message only once the server has said "354 go ahead".
 */
export function smtpSession(
  transport: SmtpTransport,
  mail?: { from: string; to: string; raw: Buffer },
): Promise<SessionEnd> {
  return new Promise(resolve => {
    let handedOver = false;
    const connection = new SMTPConnection(connectionOptions(transport));
    const fail = (error: SmtpError) => {
      // First the result, because closing reports an end of its own.
      resolve({ done: false, error, handedOver });
      connection.close();
    };
    const succeed = () => {
      resolve({ done: true });
      connection.quit();
    };
    const transmit = () => {
      if (!mail) return succeed();
      const raw = new Readable({
        read() {
          handedOver = true;
          this.push(mail.raw);
          this.push(null);
        },
      });
      connection.send({ from: mail.from, to: [mail.to], size: mail.raw.length }, raw, error =>
        error ? fail(error) : succeed(),
      );
    };
    connection.on('error', fail);
    connection.once('end', () => fail({ code: 'ECONNECTION' }));
    connection.connect(error => {
      if (error) return fail(error);
      if (!transport.auth) return transmit();
      connection.login({ ...transport.auth }, failed => (failed ? fail(failed) : transmit()));
    });
  });
}

const connectionOptions = (transport: SmtpTransport) => ({
  host: transport.host,
  port: transport.port,
  secure: transport.security === 'tls',
  requireTLS: transport.security === 'starttls',
  ignoreTLS: transport.security === 'none',
  connectionTimeout: transport.timeoutMs,
  greetingTimeout: transport.timeoutMs,
  socketTimeout: transport.timeoutMs,
  dnsTimeout: transport.timeoutMs,
  logger: false,
});
