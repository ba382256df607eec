import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { OutboundMessage } from '../../sync/channels/channel.ts';
import { smtpChannel } from '../../sync/channels/smtp/channel.ts';
import { readSmtpError, type SmtpError } from '../../sync/channels/smtp/errors.ts';
import { messageIdFor } from '../../sync/channels/smtp/letter.ts';
import type { SmtpTransport } from '../../sync/channels/smtp/session.ts';
import { channelContract } from './channel-contract.ts';
import { MailStandIn } from './mail-stand-in.ts';

const NOW = '2026-11-21T15:30:00.000Z';
const SENDER = { name: 'Oak Clinic', address: 'notices@oak.example' };

const channelFor = (standIn: MailStandIn, more: Partial<SmtpTransport> = {}) =>
  smtpChannel({
    transport: { host: '127.0.0.1', port: standIn.port, security: 'none', timeoutMs: 20_000, ...more },
    sender: SENDER,
    clock: () => NOW,
  });

channelContract('SMTP', async () => {
  const standIn = await MailStandIn.start({ auth: true });
  const gone = await MailStandIn.start();
  await gone.stop();
  const auth = { user: standIn.user, pass: standIn.pass };
  return {
    channel: channelFor(standIn, { auth }),
    unplugged: channelFor(gone),
    address: index => `patient${index}@example.org`,
    refusedAddress: standIn.unknownAddress,
    taken: async () => standIn.mails,
    since: NOW,
    secrets: [standIn.pass, standIn.user],
    behave: {
      well: () => {
        standIn.fault = 'none';
        standIn.refusals = {};
      },
      busy: () => {
        standIn.refusals = { recipient: '451 4.7.1 Greylisted, come back later' };
      },
      takesAndBreaks: () => {
        standIn.fault = 'break-after-taking';
      },
      breaks: () => {
        standIn.fault = 'break-before-words';
      },
    },
    stop: () => standIn.stop(),
  };
});

describe('SMTP', () => {
  let standIn: MailStandIn;
  beforeAll(async () => {
    standIn = await MailStandIn.start();
  });
  afterEach(() => {
    standIn.refusals = {};
    standIn.fault = 'none';
    standIn.mails.length = 0;
  });
  afterAll(() => standIn.stop());

  const message: OutboundMessage = {
    reference: 'Patient/1|reminder|2026',
    to: 'ana@example.org',
    subject: 'A message from Oak Clinic',
    body: 'See you on Tuesday.',
    unsubscribeUrl: 'https://sync.example.org/stop/abc?x=1',
  };

  it('writes one plain part, an honest sender, a date of ours and one click to stop', async () => {
    await channelFor(standIn).send(message);
    const [mail] = standIn.mails;
    expect(mail?.headers).toMatchObject({
      from: 'Oak Clinic <notices@oak.example>',
      to: 'ana@example.org',
      subject: 'A message from Oak Clinic',
      date: 'Sat, 21 Nov 2026 15:30:00 +0000',
      'content-type': 'text/plain; charset=utf-8',
      'list-unsubscribe': '<https://sync.example.org/stop/abc?x=1>',
      'list-unsubscribe-post': 'List-Unsubscribe=One-Click',
    });
  });

  it('gives the same message the same id, without telling whose chart it is about', async () => {
    const channel = channelFor(standIn);
    const [first, second] = [await channel.send(message), await channel.send(message)];
    expect(first).toEqual(second);
    expect(first).toEqual({ outcome: 'accepted', providerId: messageIdFor(message.reference, SENDER) });
    expect(standIn.mails.map(mail => mail.headers['message-id'])).toEqual(
      Array(2).fill(messageIdFor(message.reference, SENDER)),
    );
    expect(messageIdFor(message.reference, SENDER)).toMatch(/^<[0-9a-f]{40}@oak\.example>$/);
    expect(messageIdFor('Patient/2|reminder|2026', SENDER)).not.toBe(messageIdFor(message.reference, SENDER));
  });

  it.each([
    'ana@example.org, eve@example.org',
    'ana@example.org\r\nBcc: eve@example.org',
    '<ana@example.org>',
    'ana@example.org eve@example.org',
    'no-at-sign',
    'two@at@signs',
  ])('writes to one address or to none: %j', async to => {
    expect(await channelFor(standIn).send({ ...message, to })).toMatchObject({
      outcome: 'refused',
      failure: { reason: 'address-invalid' },
    });
    expect(standIn.mails).toEqual([]);
  });

  it('keeps a subject from adding headers', async () => {
    await channelFor(standIn).send({ ...message, subject: 'Hello\r\nBcc: eve@example.org' });
    expect(standIn.mails[0]?.to).toBe('ana@example.org');
    expect(standIn.mails[0]?.headers).not.toHaveProperty('bcc');
  });

  it('refuses a link to stop that is no link, instead of throwing', async () => {
    const result = await channelFor(standIn).send({ ...message, unsubscribeUrl: 'not a link' });
    expect(result).toMatchObject({ outcome: 'refused', failure: { retry: 'never', fault: 'ours' } });
  });

  it('does not know when the server falls silent after the words', async () => {
    standIn.fault = 'hang';
    expect(await channelFor(standIn, { timeoutMs: 1500 }).send(message)).toEqual({ outcome: 'unknown' });
  });

  it('sends nothing where STARTTLS is asked for and not offered', async () => {
    const channel = channelFor(standIn, { security: 'starttls' });
    expect(await channel.send(message)).toMatchObject({ outcome: 'refused', failure: { retry: 'later' } });
    expect(standIn.mails).toEqual([]);
  });

  it('sends nothing to a server that has no login although we have a password', async () => {
    const channel = channelFor(standIn, { auth: { user: 'u', pass: 'p' } });
    expect(await channel.send(message)).toMatchObject({
      outcome: 'refused',
      failure: { retry: 'later', fault: 'ours' },
    });
    expect(standIn.mails).toEqual([]);
  });

  it('waits for an administrator when the password is wrong', async () => {
    const strict = await MailStandIn.start({ auth: true });
    const channel = channelFor(strict, { auth: { user: strict.user, pass: 'wrong' } });
    expect(await channel.send(message)).toMatchObject({
      failure: { reason: 'channel-down', retry: 'later', fault: 'ours' },
    });
    expect(await channel.check()).toBe('The mail server does not let us in.');
    await strict.stop();
  });

  it.each([
    [{ greeting: '554 5.7.1 Your address is on a list' }, 'channel-down', 'later', 'ours'],
    [{ greeting: '421 4.3.2 Busy' }, 'channel-down', 'later', 'provider'],
    [{ sender: '550 5.1.8 Sender unknown' }, 'channel-down', 'later', 'ours'],
    [{ sender: '451 4.3.0 Later' }, 'channel-down', 'later', 'provider'],
    [{ recipient: '550 No such user' }, 'address-invalid', 'never', 'recipient'],
    [{ recipient: '551 Not local' }, 'address-invalid', 'never', 'recipient'],
    [{ recipient: '552 5.2.2 Mailbox full' }, 'undeliverable', 'never', 'recipient'],
    [{ recipient: '452 4.2.2 Mailbox full' }, 'undeliverable', 'later', 'recipient'],
    [{ recipient: '550 5.2.1 Mailbox disabled' }, 'undeliverable', 'never', 'recipient'],
    [{ recipient: '550 5.7.1 Policy' }, 'channel-refused', 'never', 'provider'],
    [{ recipient: '554 Refused' }, 'channel-refused', 'never', 'provider'],
    [{ message: '550 Looks like spam' }, 'channel-refused', 'never', 'provider'],
    [{ message: '550 5.1.1 Unknown after all' }, 'address-invalid', 'never', 'recipient'],
    [{ message: '552 Too large' }, 'channel-refused', 'never', 'ours'],
    [{ message: '451 4.3.0 Later' }, 'channel-down', 'later', 'provider'],
  ])('%o', async (refusals, reason, retry, fault) => {
    standIn.refusals = refusals;
    expect(await channelFor(standIn).send(message)).toMatchObject({
      outcome: 'refused',
      failure: { reason, retry, fault },
    });
    expect(standIn.mails).toEqual([]);
  });
});

describe('what an SMTP failure proves', () => {
  const error = (more: SmtpError): SmtpError => ({ code: 'ECONNECTION', command: 'CONN', ...more });
  it.each([
    ['a break before the words', error({}), false, 'later'],
    ['a break after the words', error({}), true, 'unknown'],
    ['a goodbye after the words', error({ responseCode: 421 }), true, 'unknown'],
    ['an answer to the words without a code', error({ code: 'EMESSAGE' }), true, 'unknown'],
    ['a 4xx to the words', error({ code: 'EMESSAGE', responseCode: 451, command: 'DATA' }), true, 'later'],
    ['TLS that cannot be agreed', error({ code: 'ETLS' }), false, 'later'],
    ['a message larger than announced', error({ code: 'EMESSAGE', command: 'MAIL FROM' }), false, 'never'],
    ['commands in the wrong order', error({ responseCode: 503, command: 'RCPT TO' }), false, 'later'],
  ])('%s', (_what, failure, handedOver, expected) => {
    const result = readSmtpError(failure, handedOver);
    expect(result.outcome === 'refused' ? result.failure.retry : result.outcome).toBe(expected);
  });
});
