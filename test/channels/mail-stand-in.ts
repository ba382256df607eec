import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';

/** An e-mail as a mail program would show it. */
export interface TakenMail {
  to: string;
  from: string;
  subject: string;
  body: string;
  /** Unfolded, names in lower case. */
  headers: Readonly<Record<string, string>>;
}

/** How a refusal reads, by the command it answers. */
export interface MailRefusals {
  greeting?: string;
  sender?: string;
  recipient?: string;
  message?: string;
}

/** A real SMTP server on this machine that keeps what it takes and refuses what it is told to refuse. */
export class MailStandIn {
  readonly mails: TakenMail[] = [];
  readonly unknownAddress = 'nobody@example.org';
  readonly user = 'loopkeeper';
  readonly pass = 'CANARY-password';
  refusals: MailRefusals = {};
  /** `break-…` closes the connection, `hang` never answers the message. */
  fault: 'none' | 'break-before-words' | 'break-after-taking' | 'hang' = 'none';
  port = 0;
  readonly #server: SMTPServer;

  constructor(options: { auth?: boolean } = {}) {
    this.#server = new SMTPServer({
      hideSTARTTLS: true,
      disableReverseLookup: true,
      logger: false,
      closeTimeout: 1,
      ...(options.auth ? { allowInsecureAuth: true } : { disabledCommands: ['AUTH'] }),
      onAuth: (auth, _session, done) =>
        auth.username === this.user && auth.password === this.pass
          ? done(null, { user: this.user })
          : done(new Error('Invalid username or password')),
      onConnect: (_session, done) => done(reply(this.refusals.greeting)),
      onMailFrom: (_address, _session, done) => done(reply(this.refusals.sender)),
      onRcptTo: (address, _session, done) => {
        if (this.fault === 'break-before-words') return this.#breakConnections();
        // Real servers quote the address in their refusal; ours does too, so that a leak would show.
        if (address.address === this.unknownAddress) return done(reply(`550 5.1.1 <${address.address}> unknown`));
        done(reply(this.refusals.recipient));
      },
      onData: (stream, session, done) => {
        const chunks: Buffer[] = [];
        stream.on('data', (chunk: Buffer) => chunks.push(chunk));
        stream.on('end', () => {
          if (this.refusals.message) return done(reply(this.refusals.message));
          const to = session.envelope.rcptTo.map(recipient => recipient.address).join(', ');
          this.mails.push(readMail(Buffer.concat(chunks).toString('latin1'), to));
          if (this.fault === 'break-after-taking') return this.#breakConnections();
          if (this.fault !== 'hang') done(null, 'queued');
        });
      },
    });
    // A connection that we break on purpose is an error to the server, and no news to us.
    this.#server.on('error', () => {});
  }

  static async start(options: { auth?: boolean } = {}): Promise<MailStandIn> {
    const standIn = new MailStandIn(options);
    await new Promise<void>(resolve => standIn.#server.listen(0, '127.0.0.1', resolve));
    standIn.port = (standIn.#server.server.address() as AddressInfo).port;
    return standIn;
  }

  async stop(): Promise<void> {
    this.#breakConnections();
    await new Promise<void>(resolve => this.#server.close(() => resolve()));
  }

  #breakConnections(): void {
    for (const connection of this.#server.connections) connection._socket.destroy();
  }
}

/** `550 5.1.1 text` as the error that makes smtp-server say exactly that. */
function reply(text: string | undefined): Error | null {
  if (!text) return null;
  return Object.assign(new Error(text.slice(4)), { responseCode: Number(text.slice(0, 3)) });
}

function readMail(raw: string, to: string): TakenMail {
  const split = raw.indexOf('\r\n\r\n');
  const headers = Object.fromEntries(
    raw
      .slice(0, split)
      .replace(/\r\n[ \t]+/g, ' ')
      .split('\r\n')
      .map(line => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
  );
  const body = quotedPrintable(raw.slice(split + 4).replace(/=\r\n/g, ''));
  return {
    to,
    from: headers.from ?? '',
    subject: headers.subject ?? '',
    body: body.replace(/\r\n/g, '\n').replace(/\n$/, ''),
    headers,
  };
}

const quotedPrintable = (text: string): string =>
  Buffer.from(
    text.replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  ).toString('utf8');
