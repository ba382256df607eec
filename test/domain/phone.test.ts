import { describe, expect, it } from 'vitest';
import { readEmail, readPhone } from '../../sync/domain/phone.ts';

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
