import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { ProviderRequest } from '../../sync/channels/provider-request.ts';
import { isSignedByTwilio, twilioSignature } from '../../sync/channels/twilio/signature.ts';

const TOKEN = 'test-auth-token';
const HOOK = 'https://sync.example.org/hooks/sms';

const request = (url: string, body: string, signature: string | undefined): ProviderRequest => ({
  url,
  body: Buffer.from(body),
  header: name => (name.toLowerCase() === 'x-twilio-signature' ? signature : undefined),
});

/** Signed for `url` as Twilio wrote it, arriving at `seen`. */
const signedFor = (url: string, body: string, seen = url, token = TOKEN) =>
  isSignedByTwilio(request(seen, body, twilioSignature(token, url, new URLSearchParams(body))), [TOKEN]);

describe('X-Twilio-Signature', () => {
  // standards.md §10.1
  it.each([
    [
      "the vendor's own example",
      '12345',
      'https://mycompany.com/myapp.php?foo=1&bar=2',
      {
        CallSid: 'CA1234567890ABCDE',
        Caller: '+14158675309',
        Digits: '1234',
        From: '+14158675309',
        To: '+18005551212',
      },
      'RSOYDt4T1cUTdK1PDd93/VVr8B8=',
    ],
    [
      'a curly apostrophe',
      TOKEN,
      HOOK,
      {
        MessageSid: `SM${'1'.padStart(32, '0')}`,
        From: '+15555550100',
        To: '+15555550199',
        Body: 'Yes, I\u2019ll be there',
      },
      'PxarAUWa23fvN8bRhVW27MGlLOE=',
    ],
  ])('%s', (_what, token, url, params, signature) => {
    const body = new URLSearchParams(params).toString();
    expect(twilioSignature(token, url, new URLSearchParams(body))).toBe(signature);
    expect(isSignedByTwilio(request(url, body, signature), [token])).toBe(true);
  });

  it('takes repeated parameters once each, sorted', () => {
    const sign = (body: string) => twilioSignature(TOKEN, HOOK, new URLSearchParams(body));
    expect(sign('B=2&A=z&A=a&A=z')).toBe(sign('A=a&A=z&B=2'));
    expect(sign('A=a&A=z')).not.toBe(sign('A=z'));
  });

  it('counts empty values and parameters nobody has heard of', () => {
    expect(signedFor(HOOK, 'Body=&From=%2B1555&BrandNew=1')).toBe(true);
    const signature = twilioSignature(TOKEN, HOOK, new URLSearchParams('From=1'));
    expect(isSignedByTwilio(request(HOOK, 'From=1&Body=', signature), [TOKEN])).toBe(false);
  });

  it.each([
    ['signed with the port, seen without', 'https://a.example:443/h?x=1', 'https://a.example/h?x=1', true],
    ['signed without the port, seen with', 'https://a.example/h?x=1', 'https://a.example:443/h?x=1', true],
    ['http has port 80', 'http://a.example:80', 'http://a.example', true],
    ['the port of the other scheme is another address', 'https://a.example:80/h', 'https://a.example/h', false],
    ['a port of our own stays', 'https://a.example:8443/h', 'https://a.example/h', false],
    ['a slash at the end counts', 'https://a.example/h/', 'https://a.example/h', false],
    ['the scheme counts', 'http://a.example/h', 'https://a.example/h', false],
    ['the host counts', 'https://b.example/h', 'https://a.example/h', false],
    ['the query counts', 'https://a.example/h?x=2', 'https://a.example/h?x=1', false],
    ['form encoding of the query', 'https://a.example/h?x=a+b', 'https://a.example/h?x=a%20b', true],
  ])('%s', (_what, signed, seen, expected) => expect(signedFor(signed, 'From=1', seen)).toBe(expected));

  it('accepts both tokens during a rotation, and no third', () => {
    const signature = twilioSignature('new', HOOK, new URLSearchParams('From=1'));
    expect(isSignedByTwilio(request(HOOK, 'From=1', signature), ['old', 'new'])).toBe(true);
    expect(isSignedByTwilio(request(HOOK, 'From=1', signature), ['old'])).toBe(false);
    expect(isSignedByTwilio(request(HOOK, 'From=1', signature), [])).toBe(false);
  });

  it.each([undefined, '', 'x', 'PxarAUWa23fvN8bRhVW27MGlLOE', 'ÿ'.repeat(28)])('refuses %j', signature =>
    expect(isSignedByTwilio(request(HOOK, 'From=1', signature), [TOKEN])).toBe(false),
  );

  it('refuses a body that changed on the way', () => {
    const signature = twilioSignature(TOKEN, HOOK, new URLSearchParams('Body=C'));
    expect(isSignedByTwilio(request(HOOK, 'Body=R', signature), [TOKEN])).toBe(false);
  });

  describe('with a JSON body', () => {
    const body = '{"From":"+15555550100"}';
    const hash = createHash('sha256').update(body).digest('hex');
    const sign = (url: string) => twilioSignature(TOKEN, url, new URLSearchParams());

    it.each([
      ['accepts the address and the hash', hash, body, true],
      ['accepts the hash in capitals', hash.toUpperCase(), body, true],
      ['refuses another body', hash, `${body} `, false],
      ['refuses an empty hash', '', body, false],
    ])('%s', (_what, sha, sent, expected) => {
      const url = `${HOOK}?bodySHA256=${sha}`;
      expect(isSignedByTwilio(request(url, sent, sign(url)), [TOKEN])).toBe(expected);
    });
  });
});
