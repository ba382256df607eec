import { describe, expect, it } from 'vitest';
import { ChannelConfig } from '../../sync/channels/config.ts';
import { startChannels } from '../../sync/channels/start.ts';
import { PhoneMemory } from './phone-memory.ts';

const NOW = '2026-11-21T15:30:00.000Z';
const SECRET = 'CANARY-token';
const baa = { vendor: 'Twilio Inc.', signedOn: '2026-03-01', reference: 'contract 17' };
const twilio = {
  kind: 'twilio',
  accountSid: `AC${'0'.repeat(32)}`,
  authToken: SECRET,
  sender: { from: '+15005550006' },
};
const smtp = {
  kind: 'smtp',
  host: 'mail.example.org',
  port: 587,
  sender: { name: 'Oak Clinic', address: 'notices@oak.example' },
};
const phone = { kind: 'phone', practiceAddress: '+15555550199' };

const start = (config: object) =>
  startChannels(ChannelConfig.parse({ production: true, ...config }), {
    fetch,
    clock: () => NOW,
    phone: { store: new PhoneMemory(), newId: () => 'x', report: async () => {} },
  });

describe('starting channels', () => {
  it('starts what is configured, and nothing else', () => {
    const channels = start({ sms: { ...twilio, baa }, email: { ...smtp, baa: { ...baa, vendor: 'Mail Ltd' } } });
    expect([channels.sms?.name, channels.sms?.medium, channels.email?.name, channels.email?.medium]).toEqual([
      'twilio',
      'sms',
      'smtp',
      'email',
    ]);
    expect(start({})).toEqual({});
    expect(Object.keys(start({ production: false, email: phone }))).toEqual(['email']);
  });

  it.each([
    ['texts without a BAA', { sms: twilio }, /^Twilio will not start: no business associate agreement \(BAA\)/],
    [
      'e-mail without a BAA',
      { email: smtp },
      /^E-mail \(SMTP\) will not start: no business associate agreement \(BAA\)/,
    ],
    ['no BAA outside production either', { production: false, sms: twilio }, /no business associate agreement/],
    [
      'a BAA with somebody else',
      { sms: { ...twilio, baa: { ...baa, vendor: 'Acme' } } },
      /the recorded BAA is with Acme/,
    ],
    [
      'a BAA from the future',
      { sms: { ...twilio, baa: { ...baa, signedOn: '2027-01-01' } } },
      /which is still to come/,
    ],
    ['texts over plain HTTP', { sms: { ...twilio, baa, baseUrl: 'http://api.twilio.com' } }, /has to begin with https/],
    ['plain SMTP to another machine', { email: { ...smtp, baa, security: 'none' } }, /a relay on this very machine/],
    ['the phone in production', { sms: phone }, /^The demonstration phone will not start in production/],
  ])('refuses %s, in a full sentence', (_what, config, sentence) => {
    expect(() => start(config)).toThrow(sentence);
    expect(() => start(config)).toThrow(/\.$/);
    expect(() => start(config)).not.toThrow(SECRET);
  });

  it('may speak plainly to this machine', () => {
    expect(start({ email: { ...smtp, baa, host: 'localhost', security: 'none' } }).email?.name).toBe('smtp');
    expect(start({ sms: { ...twilio, baa, baseUrl: 'http://127.0.0.1:4010/' } }).sms?.name).toBe('twilio');
  });

  it.each([
    ['a BAA without a day', { sms: { ...twilio, baa: { ...baa, signedOn: 'last year' } } }],
    ['an empty BAA', { sms: { ...twilio, baa: { vendor: ' ', signedOn: '2026-03-01', reference: '' } } }],
    [
      'two senders',
      { sms: { ...twilio, baa, sender: { from: '+15005550006', messagingServiceSid: `MG${'0'.repeat(32)}` } } },
    ],
    ['e-mail through Twilio', { email: { ...twilio, baa } }],
    ['a misspelt setting', { sms: { ...twilio, baa, sandbox: true } }],
  ])('does not understand %s', (_what, config) => {
    const parsed = ChannelConfig.safeParse({ production: true, ...config });
    expect(parsed.success).toBe(false);
    expect(JSON.stringify(parsed.error?.issues)).not.toContain(SECRET);
  });
});
