import { describe, expect, it } from 'vitest';
import { ZodError } from 'zod';
import type { ProviderRequest } from '../../sync/channels/provider-request.ts';
import { callbackAddress } from '../../sync/channels/twilio/callback-address.ts';
import { deliveryFailure, knownTwilioFailure } from '../../sync/channels/twilio/errors.ts';
import { readInbound } from '../../sync/channels/twilio/inbound.ts';
import { readStatus } from '../../sync/channels/twilio/status.ts';
import { isReason } from '../../sync/domain/reasons.ts';

const NOW = '2026-11-21T15:30:00.000Z';
const SID = `SM${'a'.repeat(32)}`;
const ADDRESS = 'https://sync.example.org/hooks/twilio';

const call = (form: string | Record<string, string>, url = ADDRESS): ProviderRequest => ({
  url,
  header: () => undefined,
  body: Buffer.from(typeof form === 'string' ? form : new URLSearchParams(form).toString()),
});
const inbound = (form: string | Record<string, string>) => readInbound(call(form), () => NOW);

describe('a text from a patient', () => {
  const form = { MessageSid: SID, From: '+15555550100', To: '+15555550199', Body: 'C' };

  it('is read whole', () => {
    expect(inbound({ ...form, NumMedia: '0', FromCity: 'SPRINGFIELD', SomethingNew: 'x' })).toEqual({
      channel: 'twilio',
      medium: 'sms',
      providerId: SID,
      from: '+15555550100',
      to: '+15555550199',
      body: 'C',
      receivedAt: NOW,
      attachments: [],
    });
  });

  it.each([
    ['no words, only a picture', { Body: '' }, { body: '' }],
    ['a NUL, which the database cannot hold', { Body: 'a\u0000b' }, { body: 'a\uFFFDb' }],
    ['emoji and line ends', { Body: 'Sí 👍\r\nGracias' }, { body: 'Sí 👍\r\nGracias' }],
    ['a short code', { From: '12345' }, { from: '12345' }],
    ['a name that means something to JavaScript', { __proto__: 'x', constructor: 'y' }, { body: 'C' }],
    ['STOP, on which Twilio has acted', { OptOutType: 'STOP' }, { providerKeyword: 'stop' }],
    ['HELP', { OptOutType: 'HELP' }, { providerKeyword: 'help' }],
    ['an opt-out word Twilio may add one day', { OptOutType: 'PAUSE' }, { body: 'C' }],
  ])('may hold %s', (_what, more, expected) => expect(inbound({ ...form, ...more })).toMatchObject(expected));

  it('names its attachments, and only those that are https addresses', () => {
    const media = {
      MediaUrl0: 'https://api.twilio.com/m/1',
      MediaUrl1: 'javascript:alert(1)',
      MediaUrl2: 'http://x/',
      MediaUrl3: '',
    };
    expect(inbound({ ...form, ...media }).attachments).toEqual(['https://api.twilio.com/m/1']);
  });

  it('may come without a Body', () => expect(inbound(`MessageSid=${SID}&From=1&To=2`).body).toBe(''));

  it.each([
    ['nothing', ''],
    ['JSON', '{"MessageSid":"x"}'],
    ['no sender', `MessageSid=${SID}&To=2&Body=C`],
    ['an empty sender', `MessageSid=${SID}&From=&To=2&Body=C`],
    ['two senders', `MessageSid=${SID}&From=1&From=3&To=2&Body=C`],
    ['two bodies', `MessageSid=${SID}&From=1&To=2&Body=C&Body=R`],
    ['a sender with a line end', `MessageSid=${SID}&From=1%0A2&To=2`],
    ['an endless sender', `MessageSid=${SID}&From=${'1'.repeat(65)}&To=2`],
    ['an id of another kind', 'MessageSid=CA123&From=1&To=2'],
    ['an id that is a query', `MessageSid=${encodeURIComponent("SM' OR 1=1 --")}&From=1&To=2`],
  ])('is refused with %s', (_what, form) => {
    expect(() => inbound(form)).toThrow(ZodError);
  });
});

describe('a status callback', () => {
  it.each([
    ['sent', 'sent'],
    ['delivered', 'delivered'],
    ['read', 'delivered'],
    ['undelivered', 'failed'],
    ['failed', 'failed'],
    ['canceled', 'failed'],
  ])('%s means %s', (MessageStatus, state) =>
    expect(readStatus(call({ MessageSid: SID, MessageStatus }))).toMatchObject({
      channel: 'twilio',
      providerId: SID,
      state,
    }),
  );

  it.each(['accepted', 'scheduled', 'queued', 'sending', 'receiving', 'received', 'something-new', 'constructor'])(
    '%s says nothing new',
    MessageStatus => expect(readStatus(call({ MessageSid: SID, MessageStatus }))).toBeUndefined(),
  );

  it('brings our reference home', () => {
    const reference = 'Patient/1|reminder|2026-11-21T15:30:00.000Z';
    const address = callbackAddress(`${ADDRESS}?tenant=a`, reference);
    expect(address).toMatch(/^https:\/\/sync\.example\.org\/hooks\/twilio\?tenant=a&ref=[\w-]+$/);
    expect(readStatus(call({ MessageSid: SID, MessageStatus: 'sent' }, address))?.reference).toBe(reference);
  });

  it('says why', () => {
    const failed = (ErrorCode: string) =>
      readStatus(call({ MessageSid: SID, MessageStatus: 'undelivered', ErrorCode }))?.failure;
    expect(failed('30006')).toMatchObject({ reason: 'address-not-textable', retry: 'never', providerCode: '30006' });
    expect(failed('39999')).toMatchObject({ reason: 'undeliverable', retry: 'never', providerCode: '39999' });
    expect(failed('')).toMatchObject({ reason: 'undeliverable' });
    expect(failed('nonsense')).not.toHaveProperty('providerCode');
  });

  it.each(['', 'MessageStatus=sent', `MessageSid=${SID}`, `MessageSid=${SID}&MessageStatus=sent&MessageStatus=failed`])(
    'refuses %j',
    form => expect(() => readStatus(call(form))).toThrow(ZodError),
  );
});

describe("Twilio's codes", () => {
  // Every row of standards.md §6.5.
  it.each([
    [30001, 'channel-down', 'later', 'provider'],
    [30002, 'channel-down', 'later', 'ours'],
    [30003, 'undeliverable', 'later', 'recipient'],
    [30004, 'channel-refused', 'never', 'provider'],
    [30005, 'address-invalid', 'never', 'recipient'],
    [30006, 'address-not-textable', 'never', 'recipient'],
    [30007, 'channel-refused', 'never', 'ours'],
    [30008, 'undeliverable', 'later', 'provider'],
    [30034, 'channel-refused', 'never', 'ours'],
    [30039, 'channel-refused', 'never', 'provider'],
    [21211, 'address-invalid', 'never', 'recipient'],
    [21408, 'channel-refused', 'never', 'ours'],
    [21610, 'opted-out', 'never', 'recipient'],
    [21614, 'address-not-textable', 'never', 'recipient'],
    [20003, 'channel-down', 'later', 'ours'],
    [20429, 'channel-down', 'later', 'provider'],
  ])('%i is %s, %s, %s', (code, reason, retry, fault) => {
    const failure = knownTwilioFailure(code);
    expect(failure).toMatchObject({ reason, retry, fault, providerCode: String(code) });
    expect(isReason(reason)).toBe(true);
    expect(failure?.staffText).toMatch(/^[A-Z].*\.$/);
    expect(deliveryFailure(code)).toEqual(failure);
  });

  it('knows what it does not know', () => expect(knownTwilioFailure(99999)).toBeUndefined());
});
