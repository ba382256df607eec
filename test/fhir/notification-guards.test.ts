import { describe, expect, test } from 'vitest';
import { decode } from '../../sync/fhir/notification/decode.ts';
import { gaps } from '../../sync/fhir/notification/gaps.ts';
import type { Delivery } from '../../sync/fhir/notification/notification.ts';
import { openReplayWindow, replayKeys } from '../../sync/fhir/notification/replay.ts';
import { type HookSecrets, hasSecret, isSigned } from '../../sync/fhir/notification/verify.ts';
import { athena, BASE, backport, delivery, event, visitBody } from './support/deliveries.ts';

describe('gaps', () => {
  test.each<[string, bigint | undefined, bigint[], object]>([
    ['the first number ever', undefined, [42n], { last: 42n, reset: false }],
    ['the next one', 4n, [5n], { last: 5n, reset: false }],
    ['9 then 10, which are no words', 9n, [10n], { last: 10n, reset: false }],
    ['5 then 7', 4n, [5n, 7n], { gap: [6n, 6n], last: 7n, reset: false }],
    ['a jump', 4n, [9n], { gap: [5n, 8n], last: 9n, reset: false }],
    ['several holes are one span', 4n, [6n, 9n], { gap: [5n, 8n], last: 9n, reset: false }],
    ['out of order within one', 4n, [6n, 5n], { last: 6n, reset: false }],
    ['a double', 5n, [5n], { last: 5n, reset: false }],
    ['a straggler', 5n, [3n], { last: 5n, reset: false }],
    ['a server that began anew', 500n, [1n], { last: 1n, reset: true }],
    ['a server that began anew, and its first was lost', 500n, [2n], { last: 2n, reset: true }],
    [
      'numbers beyond a double',
      9007199254740992n,
      [9007199254740994n],
      { gap: [9007199254740993n, 9007199254740993n], last: 9007199254740994n, reset: false },
    ],
  ])('%s', (_, last, numbers, expected) => {
    expect(gaps(last, numbers)).toEqual(expected);
  });

  test("HAPI's 1, 2, 4, 5, 3 loses nothing and is no new beginning", () => {
    let last: bigint | undefined;
    const seen = [1n, 2n, 4n, 5n, 3n].map(number => {
      const counted = gaps(last, [number]);
      last = counted.last;
      return { gap: counted.gap, reset: counted.reset };
    });
    expect(seen.map(s => s.gap)).toEqual([undefined, undefined, [3n, 3n], undefined, undefined]);
    expect(seen.some(s => s.reset)).toBe(false);
  });
});

describe('secrets', () => {
  // The vectors of standards.md §10.2.
  const body = Buffer.from('{"resourceType":"Bundle","type":"history"}');
  const mac = '509086c0e68636bd134df74e7d931f9d43dcf62e04daa7431efb7f95039698f7';
  const medplum: HookSecrets = { header: [], signature: { scheme: 'medplum', secrets: ['test-secret'] } };
  const hub: HookSecrets = { header: [], signature: { scheme: 'hub', secrets: ['test-secret'] } };
  const rolling: HookSecrets = { header: [], signature: { scheme: 'hub', secrets: ['new', 'test-secret'] } };

  test.each<[string, HookSecrets, Record<string, string>, boolean]>([
    ['Medplum', medplum, { 'x-signature': mac }, true],
    ['Medplum, one digit wrong', medplum, { 'x-signature': mac.replace('5', '6') }, false],
    ['Medplum, too short', medplum, { 'x-signature': mac.slice(0, 63) }, false],
    ['Medplum, missing', medplum, {}, false],
    ['Medplum, with the prefix of another', medplum, { 'x-signature': `sha256=${mac}` }, false],
    ['athenahealth', hub, { 'x-hub-signature': `sha256=${mac}` }, true],
    ['athenahealth, without prefix', hub, { 'x-hub-signature': mac }, false],
    ['athenahealth, in the wrong header', hub, { 'x-signature': `sha256=${mac}` }, false],
    ['while the secret is being changed', rolling, { 'x-hub-signature': `sha256=${mac}` }, true],
    ['header only', { header: ['a'] }, {}, true],
    ['no secret at all lets nobody in', { header: [] }, {}, false],
  ])('signature: %s', (_, secrets, headers, right) => {
    expect(isSigned(headers, body, secrets)).toBe(right);
  });

  test('a signature covers the bytes, not what they mean', () => {
    expect(isSigned({ 'x-signature': mac }, Buffer.from(`${body} `), medplum)).toBe(false);
  });

  test.each<[string, string[], string | string[] | undefined, boolean]>([
    ['right', ['one'], 'one', true],
    ['the old one of two', ['new', 'old'], 'old', true],
    ['wrong', ['one'], 'two', false],
    ['missing', ['one'], undefined, false],
    ['empty', [''], '', false],
    ['sent twice', ['one'], ['one', 'one'], false],
    ['none asked for', [], undefined, true],
  ])('header: %s', (_, accepted, given, right) => {
    expect(hasSecret({ 'x-loopkeeper-secret': given }, { header: accepted })).toBe(right);
  });
});

describe('repeats', () => {
  let now = '2026-11-21T15:30:00.000Z';
  const keysOf = (d: Delivery): string[] => {
    const heard = decode(d, { baseUrl: BASE, eventNumbers: 'per-bundle' });
    if (heard.kind === 'malformed') throw new Error(heard.why);
    return replayKeys(d, heard);
  };

  test.each<[string, Delivery]>([
    ['an empty body', delivery('POST')],
    ['a deletion', delivery('DELETE', '/Appointment/9')],
    [
      "Medplum's deletion, the same {} for all",
      delivery('POST', '', {}, { 'x-medplum-deleted-resource': 'Appointment/9' }),
    ],
    ['a heartbeat', delivery('POST', '', backport('heartbeat'))],
    [
      'an empty notification without a number',
      delivery('POST', '', backport('event-notification', [event(undefined)])),
    ],
  ])('%s can come again without being one', (_, d) => {
    expect(keysOf(d)).toEqual([]);
  });

  test('one version, or one event of athenahealth, is a repeat whatever wraps it', () => {
    const window = openReplayWindow(() => now);
    window.remember(keysOf(delivery('PUT', '/Appointment/9', visitBody('9', '3'))));
    window.remember(keysOf(delivery('POST', '', athena('evt-1', 'evt-2'))));
    expect(window.hasAll(keysOf(delivery('PUT', '/Appointment/9', visitBody('9', '3'))))).toBe(true);
    expect(window.hasAll(keysOf(delivery('PUT', '/Appointment/9', visitBody('9', '4'))))).toBe(false);
    expect(window.hasAll(keysOf(delivery('POST', '', athena('evt-2'))))).toBe(true);
    expect(window.hasAll(keysOf(delivery('POST', '', athena('evt-2', 'evt-3'))))).toBe(false);
    expect(window.hasAll([])).toBe(false);
  });

  test('after ten minutes it is news again', () => {
    const window = openReplayWindow(() => now);
    window.remember(['a']);
    now = '2026-11-21T15:39:59.999Z';
    expect(window.hasAll(['a'])).toBe(true);
    now = '2026-11-21T15:40:00.000Z';
    expect(window.hasAll(['a'])).toBe(false);
  });
});
