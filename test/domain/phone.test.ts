import type { ContactPoint } from '@medplum/fhirtypes';
import { describe, expect, it } from 'vitest';
import { readEmail, readPhone, usableAddresses } from '../../sync/domain/phone.ts';

describe('readPhone', () => {
  const cases: [string, ReturnType<typeof readPhone>][] = [
    ['(312) 867-5309', { number: '+13128675309', kind: 'unknown' }],
    ['1-312-867-5309', { number: '+13128675309', kind: 'unknown' }],
    ['tel:+1-312-867-5309', { number: '+13128675309', kind: 'unknown' }],
    ['312.867.5309 x12', { number: '+13128675309', kind: 'unknown', extension: '12' }],
    ['312-867-5309 (mom)', { number: '+13128675309', kind: 'unknown' }],
    ['３１２-867-5309', { number: '+13128675309', kind: 'unknown' }],
    ['+52 55 1234 5678', { number: '+525512345678', kind: 'unknown' }],
    ['+34 612 345 678', { number: '+34612345678', kind: 'mobile' }],
    ['+44 20 7946 0018', { number: '+442079460018', kind: 'landline' }],
    ['+1 800 555 0100', { problem: 'address-not-textable' }],
    ['900 976 1234', { problem: 'address-not-textable' }],
    ['867-5309', { problem: 'address-invalid' }],
    ['000-000-0000', { problem: 'address-invalid' }],
    ['999-999-9999', { problem: 'address-invalid' }],
    ['911', { problem: 'address-invalid' }],
    ['312-867-5309 / 312-867-5310', { problem: 'address-invalid' }],
    ['see chart', { problem: 'address-invalid' }],
    ['', { problem: 'address-invalid' }],
  ];
  it.each(cases)('%j', (value, expected) => {
    expect(readPhone(value, 'US')).toEqual(expected);
  });

  it('reads numbers without a country as numbers of the practice’s country', () => {
    expect(readPhone('612 345 678', 'ES')).toEqual({ number: '+34612345678', kind: 'mobile' });
    expect(readPhone('612 345 678', 'XX')).toEqual({ problem: 'address-invalid' });
  });
});

describe('readEmail', () => {
  const cases: [string, string | undefined][] = [
    [' Ana.Lopez@Example.ORG ', 'ana.lopez@example.org'],
    ['mailto:ana@example.org', 'ana@example.org'],
    ['ana+visits@mail.example.org', 'ana+visits@mail.example.org'],
    ['ana@example', undefined],
    ['ana@@example.org', undefined],
    ['ana..l@example.org', undefined],
    ['Ana <ana@example.org>', undefined],
    ['a@example.org, b@example.org', undefined],
    ['a@example.org\r\nBcc: b@example.org', undefined],
    ['none@none.com', undefined],
    ['noemail@example.org', undefined],
    ['', undefined],
  ];
  it.each(cases)('%j', (value, expected) => {
    expect(readEmail(value)).toBe(expected);
  });
});

describe('usableAddresses', () => {
  const now = '2026-11-21T15:30:00.000Z';
  const sms = (...contacts: ContactPoint[]) => usableAddresses(contacts, now, 'US').sms.map(({ address }) => address);
  const [A, B, C] = ['+13128675301', '+13128675302', '+13128675303'] as const;

  const cases: [name: string, contacts: ContactPoint[], expected: string[]][] = [
    [
      'rank first',
      [
        { system: 'phone', value: A, use: 'mobile' },
        { system: 'phone', value: B, rank: 2 },
        { system: 'phone', value: C, rank: 1 },
      ],
      [C, B, A],
    ],
    [
      'then use',
      [
        { system: 'phone', value: A, use: 'work' },
        { system: 'phone', value: B, use: 'home' },
        { system: 'phone', value: C, use: 'mobile' },
      ],
      [C, B, A],
    ],
    [
      'then sms before phone',
      [
        { system: 'phone', value: A, use: 'home' },
        { system: 'sms', value: B, use: 'home' },
      ],
      [B, A],
    ],
    [
      'then as recorded',
      [
        { system: 'phone', value: B },
        { system: 'phone', value: A },
      ],
      [B, A],
    ],
    ['old numbers are left out', [{ system: 'phone', value: A, use: 'old' }], []],
    ['expired numbers too', [{ system: 'phone', value: A, period: { end: '2026-11-20' } }], []],
    ['and those of the future', [{ system: 'phone', value: A, period: { start: '2026-11-22T00:00:00Z' } }], []],
    [
      'a period ends with its last day',
      [
        { system: 'phone', value: A, period: { end: '2026-11-21' } },
        { system: 'phone', value: B, period: { start: '2025', end: '2026' } },
      ],
      [A, B],
    ],
    [
      'a full instant is compared as one',
      [{ system: 'phone', value: A, period: { end: '2026-11-21T09:29:00-06:00' } }],
      [],
    ],
    [
      'the same number counts once',
      [
        { system: 'phone', value: '312-867-5301' },
        { system: 'sms', value: A },
      ],
      [A],
    ],
    [
      'fax and pager are no telephones',
      [
        { system: 'fax', value: A },
        { system: 'pager', value: B },
      ],
      [],
    ],
  ];
  it.each(cases)('%s', (_, contacts, expected) => {
    expect(sms(...contacts)).toEqual(expected);
  });

  it('says which entries cannot be used and why, without repeating them', () => {
    const contacts: ContactPoint[] = [
      { system: 'phone', value: '312-867-5309 ext 4' },
      { system: 'phone', value: '+442079460018' },
      { system: 'phone', value: 'none' },
      { system: 'email', value: 'none@none.com' },
      { system: 'email', value: 'Ana@Example.org' },
      { system: 'phone' },
    ];
    expect(usableAddresses(contacts, now, 'US')).toEqual({
      sms: [],
      email: [{ medium: 'email', address: 'ana@example.org' }],
      refused: [
        { index: 0, problem: 'address-not-textable' },
        { index: 1, problem: 'address-not-textable' },
        { index: 2, problem: 'address-invalid' },
        { index: 3, problem: 'address-invalid' },
      ],
    });
  });

  it('believes the record about a mobile', () => {
    expect(
      usableAddresses(
        [
          { system: 'phone', value: A, use: 'mobile' },
          { system: 'phone', value: B },
        ],
        now,
        'US',
      ).sms,
    ).toEqual([
      { medium: 'sms', address: A, kind: 'mobile' },
      { medium: 'sms', address: B, kind: 'unknown' },
    ]);
  });
});
