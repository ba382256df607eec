import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { OutboundMessage } from '../../sync/channels/channel.ts';
import { twilioChannel } from '../../sync/channels/twilio/channel.ts';
import { sameWords } from '../../sync/channels/twilio/find.ts';
import { readSendAnswer } from '../../sync/channels/twilio/send.ts';
import { channelContract } from './channel-contract.ts';
import { TwilioStandIn } from './twilio-stand-in.ts';

const NOW = '2026-11-21T15:30:00.000Z';
const number = (index: number) => `+1555555${String(index).padStart(4, '0')}`;

const channelFor = (
  standIn: TwilioStandIn,
  more: Partial<{ baseUrl: string; authToken: string; timeoutMs: number }> = {},
) =>
  twilioChannel({
    account: {
      accountSid: standIn.accountSid,
      authToken: standIn.authToken,
      baseUrl: standIn.baseUrl,
      timeoutMs: 20_000,
      ...more,
    },
    sender: { from: standIn.sender },
    statusCallback: 'https://sync.example.org/hooks/twilio/status',
    fetch,
  });

channelContract('Twilio', async () => {
  const standIn = await TwilioStandIn.start(() => NOW);
  const gone = await TwilioStandIn.start(() => NOW);
  await gone.stop();
  const behave = (fault: TwilioStandIn['fault']) => () => {
    standIn.fault = fault;
  };
  return {
    channel: channelFor(standIn),
    unplugged: channelFor(gone),
    address: number,
    refusedAddress: '+0155555',
    taken: async () => standIn.texts,
    since: NOW,
    secrets: [standIn.authToken],
    behave: {
      well: behave('none'),
      busy: behave('busy'),
      takesAndBreaks: behave('close-after-taking'),
      breaks: behave('close-before-taking'),
    },
    stop: () => standIn.stop(),
  };
});

describe('Twilio', () => {
  let standIn: TwilioStandIn;
  beforeAll(async () => {
    standIn = await TwilioStandIn.start(() => NOW);
  });
  afterAll(() => standIn.stop());

  const message = (to: string, body = 'See you on Tuesday.'): OutboundMessage => ({
    reference: 'Patient/1|r|a',
    to,
    body,
  });

  it('refuses for good what Twilio refuses for good', async () => {
    standIn.optedOut.add(number(1));
    const send = async (sent: OutboundMessage) => {
      const result = await channelFor(standIn).send(sent);
      return result.outcome === 'refused' ? [result.failure.providerCode, result.failure.reason] : result.outcome;
    };
    expect(await send(message('5551234'))).toEqual(['21211', 'address-invalid']);
    expect(await send(message(number(1)))).toEqual(['21610', 'opted-out']);
    expect(await send(message('+442079460000'))).toEqual(['21408', 'channel-refused']);
    expect(await send(message(number(2), 'x'.repeat(1601)))).toEqual(['21617', 'channel-refused']);
    expect(await send(message(number(2), ''))).toEqual(['21602', 'channel-refused']);
  });

  it('waits for an administrator when the credentials are refused', async () => {
    const channel = channelFor(standIn, { authToken: 'old-token' });
    const failure = { reason: 'channel-down', retry: 'later', fault: 'ours', providerCode: '20003' };
    expect(await channel.send(message(number(3)))).toMatchObject({ outcome: 'refused', failure });
    expect(await channel.check()).toBe('Twilio does not accept our account id and auth token.');
  });

  it('sends through a messaging service as well', async () => {
    const { accountSid, authToken, baseUrl, messagingServiceSid } = standIn;
    const account = { accountSid, authToken, baseUrl, timeoutMs: 20_000 };
    const channel = twilioChannel({ account, sender: { messagingServiceSid }, fetch });
    expect(await channel.send(message(number(4)))).toMatchObject({ outcome: 'accepted' });
  });

  it('does not know after a time-out, a broken answer or a bare 500', async () => {
    for (const fault of ['hang', 'cut-answer-after-taking', 'error-500', 'error-500-after-taking'] as const) {
      standIn.fault = fault;
      const channel = channelFor(standIn, { timeoutMs: fault === 'hang' ? 200 : 20_000 });
      expect(await channel.send(message(number(5)))).toEqual({ outcome: 'unknown' });
    }
    standIn.fault = 'none';
  });

  it('finds a text that is still queued, and not an older one with the same words', async () => {
    const channel = channelFor(standIn);
    const sent = message(number(6));
    await channel.send(sent);
    const [text] = standIn.texts.filter(taken => taken.to === sent.to);
    expect(await channel.find(sent, NOW)).toEqual({ outcome: 'found', providerId: text!.sid });
    expect(await channel.find(sent, '2026-11-21T15:40:00.000Z')).toEqual({ outcome: 'absent' });
    expect(await channel.find({ ...sent, body: 'Other words.' }, NOW)).toEqual({ outcome: 'absent' });
  });

  it('does not choose between two texts with the same words', async () => {
    const channel = channelFor(standIn);
    await channel.send(message(number(7)));
    await channel.send(message(number(7)));
    expect(await channel.find(message(number(7)), NOW)).toEqual({ outcome: 'unknown' });
  });

  it('does not call a text absent while it has not seen the whole list', async () => {
    standIn.texts.push(
      ...Array.from({ length: 1001 }, (_, index) => ({
        ...{ sid: `SM${index}`, to: number(8), from: standIn.sender, body: `text ${index}` },
        ...{ statusCallback: undefined, created: NOW, sent: NOW },
      })),
    );
    expect(await channelFor(standIn).find(message(number(8)), NOW)).toEqual({ outcome: 'unknown' });
  });

  it('reports an account that is suspended', async () => {
    standIn.accountStatus = 'suspended';
    expect(await channelFor(standIn).check()).toBe('The Twilio account is not active.');
  });
});

describe('what an answer of Twilio proves', () => {
  const sid = `SM${'a'.repeat(32)}`;
  it.each([
    ['created', 201, { sid }, 'accepted'],
    ['created, but unreadable', 201, undefined, 'unknown'],
    ['created, but without an id', 201, { sid: 'nonsense' }, 'unknown'],
    ['a redirect', 307, undefined, 'unknown'],
    ['a bare 500', 500, undefined, 'unknown'],
    ['a 503 page of a proxy', 503, '<html>', 'unknown'],
    ['a time-out at a proxy', 408, undefined, 'unknown'],
    ['a 503 with a code of Twilio', 503, { code: 20429 }, 'later'],
    ['429 with a code', 429, { code: 20429 }, 'later'],
    ['429 without a code', 429, undefined, 'later'],
    ['401 without a code', 401, undefined, 'later'],
    ['404, account unknown', 404, { code: 20404 }, 'later'],
    ['400 from something in between', 400, '<html>', 'later'],
    ['400 with an unknown code', 400, { code: 29999 }, 'never'],
    ['400 with a code of the wrong type', 400, { code: '21610' }, 'later'],
    ['400, opted out', 400, { code: 21610 }, 'never'],
  ])('%s', (_what, status, body, expected) => {
    const result = readSendAnswer(status, body);
    expect(result.outcome === 'refused' ? result.failure.retry : result.outcome).toBe(expected);
  });
});

describe('same words', () => {
  it.each([
    ['We’ll call — soon…', "We'll call - soon...", true],
    ['Sent from your Twilio trial account - See you', 'See you', true],
    ['See you on Tuesday', 'See you on Wednesday', false],
    ['', 'See you', false],
    ['👍', '👍', true],
    ['👎', '👍', false],
  ])('%s / %s', (stored, ours, same) => expect(sameWords(stored, ours)).toBe(same));
});
