import { createHmac } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import express, { type Response as Reply, type Request } from 'express';
import type { Clock } from '../../sync/domain/clock.ts';

/** `…-after-taking`: the message is kept, and only the answer goes wrong. */
export type TwilioFault =
  | 'none'
  | 'busy'
  | 'error-500'
  | 'error-500-after-taking'
  | 'close-before-taking'
  | 'close-after-taking'
  | 'hang'
  | 'hang-after-taking'
  | 'cut-answer-after-taking'
  | 'report-before-answering';

export interface TakenText {
  sid: string;
  to: string;
  from: string;
  body: string;
  statusCallback: string | undefined;
  created: string;
  sent: string | null;
}

/**
 * Twilio on this machine: speaks its REST API and webhooks, and refuses what Twilio refuses. Its signature is written
 * apart from ours on purpose, so that one mistake cannot hide in both. Its errors quote the number, as Twilio's do.
 */
export class TwilioStandIn {
  readonly accountSid = `AC${'0'.repeat(31)}1`;
  readonly authToken = 'stand-in-auth-token';
  readonly messagingServiceSid = `MG${'0'.repeat(31)}1`;
  readonly sender = '+15005550006';
  readonly texts: TakenText[] = [];
  readonly landlines = new Set<string>();
  readonly optedOut = new Set<string>();
  registered = true;
  accountStatus = 'active';
  fault: TwilioFault = 'none';
  /** Told of every request before it is looked at. */
  onRequest: (method: string) => void = () => undefined;
  /** Where texts from patients are posted. */
  inboundUrl = '';
  baseUrl = '';
  readonly #clock: Clock;
  #count = 0;
  readonly #server = createServer(this.#app());

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  static async start(clock: Clock): Promise<TwilioStandIn> {
    const standIn = new TwilioStandIn(clock);
    await new Promise<void>(resolve => standIn.#server.listen(0, '127.0.0.1', resolve));
    standIn.baseUrl = `http://127.0.0.1:${(standIn.#server.address() as AddressInfo).port}`;
    return standIn;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise(resolve => this.#server.close(resolve));
  }

  /** What the carrier makes of a text, reported as Twilio would. */
  async settle(sid: string): Promise<void> {
    const text = this.texts.find(taken => taken.sid === sid)!;
    text.sent = this.#now();
    if (!this.registered) return this.report(sid, 'undelivered', 30034);
    if (this.landlines.has(text.to)) return this.report(sid, 'undelivered', 30006);
    await this.report(sid, 'sent');
    await this.report(sid, 'delivered');
  }

  /** One signed status callback. */
  async report(sid: string, status: string, errorCode?: number): Promise<void> {
    const text = this.texts.find(taken => taken.sid === sid)!;
    if (!text.statusCallback) return;
    const error: Record<string, string> = errorCode ? { ErrorCode: String(errorCode) } : {};
    await this.#post(text.statusCallback, {
      MessageSid: sid,
      MessageStatus: status,
      To: text.to,
      From: text.from,
      ...error,
    });
  }

  /** A patient texts us. Keywords act before the webhook is called, as at Twilio. */
  async text(from: string, body: string, more: Record<string, string> = {}): Promise<Response> {
    const keyword = KEYWORDS[body.trim().toUpperCase()];
    if (keyword === 'STOP') this.optedOut.add(from);
    if (keyword === 'START') this.optedOut.delete(from);
    return this.#post(this.inboundUrl, {
      MessageSid: this.#sid(),
      AccountSid: this.accountSid,
      From: from,
      To: this.sender,
      Body: body,
      NumMedia: '0',
      ...(keyword ? { OptOutType: keyword } : {}),
      ...more,
    });
  }

  sign(url: string, params: Record<string, string>): string {
    const text = Object.keys(params)
      .sort()
      .reduce((all, name) => `${all}${name}${params[name]}`, url);
    return createHmac('sha1', this.authToken).update(Buffer.from(text, 'utf8')).digest('base64');
  }

  #post(url: string, params: Record<string, string>): Promise<Response> {
    const headers = { 'x-twilio-signature': this.sign(url, params) };
    return fetch(url, { method: 'POST', headers, body: new URLSearchParams(params) });
  }

  #app() {
    const app = express();
    app.use(express.urlencoded({ extended: false }));
    app.use('/2010-04-01/Accounts/:sid', (request, reply, next) => {
      const { fault } = this;
      this.onRequest(request.method);
      if (fault === 'busy') return refuse(reply, 429, 20429, 'Too Many Requests');
      if (fault === 'error-500') return reply.status(500).type('html').send('<h1>Oops</h1>');
      if (fault === 'close-before-taking') return void request.socket.destroy();
      if (fault === 'hang') return;
      const wanted = `Basic ${Buffer.from(`${this.accountSid}:${this.authToken}`).toString('base64')}`;
      if (request.get('authorization') !== wanted) return refuse(reply, 401, 20003, 'Authenticate');
      next();
    });
    app.get(`/2010-04-01/Accounts/${this.accountSid}.json`, (_request, reply) =>
      reply.json({ status: this.accountStatus }),
    );
    app.get(`/2010-04-01/Accounts/${this.accountSid}/Messages.json`, (request, reply) => this.#list(request, reply));
    app.post(`/2010-04-01/Accounts/${this.accountSid}/Messages.json`, (request, reply) => this.#create(request, reply));
    app.use((_request, reply) => refuse(reply, 404, 20404, 'The requested resource was not found'));
    return app;
  }

  #create(request: Request, reply: Reply) {
    const form: Record<string, string> = request.body ?? {};
    if (this.accountStatus !== 'active') return refuse(reply, 403, 20005, 'Account not active');
    const objection = this.#objection(form);
    if (objection) return refuse(reply, 400, ...objection);
    const sid = this.#sid();
    const [to, body] = [form.To!, form.Body!];
    const text = {
      sid,
      to,
      body,
      from: this.sender,
      statusCallback: form.StatusCallback,
      created: this.#now(),
      sent: null,
    };
    this.texts.push(text);
    if (this.fault === 'close-after-taking') return void request.socket.destroy();
    if (this.fault === 'hang-after-taking') return;
    if (this.fault === 'error-500-after-taking')
      return reply.status(500).json({ status: 500, message: 'Internal error' });
    if (this.fault === 'cut-answer-after-taking') return cutShort(reply.socket!);
    const answer = () => void reply.status(201).json({ ...listed(text), status: 'queued', error_code: null });
    if (this.fault === 'report-before-answering') return void this.settle(sid).then(answer);
    answer();
  }

  /** The first thing Twilio would object to, as its code and sentence. */
  #objection(form: Record<string, string>): [number, string] | undefined {
    const { To: to, Body: body, From: from, MessagingServiceSid: service, StatusCallback: callback } = form;
    if (!to) return [21604, "A 'To' phone number is required."];
    if (!/^\+[1-9]\d{7,14}$/.test(to)) return [21211, `The 'To' number ${to} is not a valid phone number.`];
    if (!from && !service) return [21603, "A 'From' phone number is required."];
    if (from && from !== this.sender) return [21606, `The 'From' phone number ${from} is not yours.`];
    if (service && service !== this.messagingServiceSid) return [21703, 'The Messaging Service has no phone numbers.'];
    if (!body) return [21602, 'Message body is required.'];
    if (body.length > 1600) return [21617, 'The concatenated message body exceeds the 1600 character limit.'];
    if (callback !== undefined && !URL.canParse(callback)) return [21609, 'The StatusCallback URL is not valid.'];
    if (!to.startsWith('+1')) return [21408, `Permission to send to the region of ${to} is not enabled.`];
    if (this.optedOut.has(to)) return [21610, `Attempt to send to unsubscribed recipient ${to}.`];
    return undefined;
  }

  #list(request: Request, reply: Reply) {
    const { To: to, 'DateSent>': since, PageSize: size = '50' } = request.query as Record<string, string | undefined>;
    const matching = this.texts
      .filter(text => to === undefined || text.to === to)
      .filter(text => since === undefined || (text.sent !== null && text.sent.slice(0, 10) >= since))
      .reverse();
    const page = matching.slice(0, Number(size));
    reply.json({
      messages: page.map(listed),
      next_page_uri: matching.length > page.length ? `${request.path}?Page=1` : null,
    });
  }

  #now(): string {
    return this.#clock();
  }

  #sid(): string {
    this.#count += 1;
    return `SM${this.#count.toString(16).padStart(32, '0')}`;
  }
}

const KEYWORDS: Readonly<Record<string, string>> = Object.fromEntries([
  ...['STOP', 'STOPALL', 'UNSUBSCRIBE', 'END', 'QUIT', 'CANCEL', 'REVOKE', 'OPTOUT'].map(word => [word, 'STOP']),
  ...['START', 'YES', 'UNSTOP'].map(word => [word, 'START']),
  ...['HELP', 'INFO'].map(word => [word, 'HELP']),
]);

/** Twilio's times are RFC 2822 and have no milliseconds. */
const rfc2822 = (instant: string): string => new Date(instant).toUTCString().replace('GMT', '+0000');

const listed = (text: TakenText) => ({
  sid: text.sid,
  to: text.to,
  from: text.from,
  body: text.body,
  direction: 'outbound-api',
  date_created: rfc2822(text.created),
  date_sent: text.sent && rfc2822(text.sent),
});

function refuse(reply: Reply, status: number, code: number, message: string): void {
  reply.status(status).json({ code, message, more_info: `https://www.twilio.com/docs/errors/${code}`, status });
}

/** The status line arrives, the body breaks off. */
function cutShort(socket: Socket): void {
  socket.write('HTTP/1.1 201 Created\r\ncontent-type: application/json\r\ncontent-length: 500\r\n\r\n{"sid": "SM');
  socket.destroySoon();
}
