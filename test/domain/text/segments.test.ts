import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countSegments, plain } from '../../../sync/domain/text/segments.ts';

const OAK =
  'Hi Ana, this is Oak Clinic. Visit Tue 10:30am. Reply C to confirm, R to change. Call 555-0100. Reply STOP to opt out.';

describe('countSegments', () => {
  // standards.md §10.4, and the boundaries around it
  const vectors: [string, string, 'GSM-7' | 'UCS-2', number, number][] = [
    ['a reminder', OAK, 'GSM-7', 117, 1],
    ['one curly apostrophe', `${OAK} We’ll see you soon`, 'UCS-2', 136, 3],
    ['nothing', '', 'GSM-7', 0, 0],
    ['160 a', 'a'.repeat(160), 'GSM-7', 160, 1],
    ['161 a', 'a'.repeat(161), 'GSM-7', 161, 2],
    ['306 a', 'a'.repeat(306), 'GSM-7', 306, 2],
    ['307 a', 'a'.repeat(307), 'GSM-7', 307, 3],
    ['80 euros', '€'.repeat(80), 'GSM-7', 160, 1],
    ['81 euros', '€'.repeat(81), 'GSM-7', 162, 2],
    ['an escape that would straddle the first part', `${'a'.repeat(152)}€${'a'.repeat(152)}`, 'GSM-7', 306, 3],
    ['160 é', 'é'.repeat(160), 'GSM-7', 160, 1],
    ['160 ñ', 'ñ'.repeat(160), 'GSM-7', 160, 1],
    ['70 á', 'á'.repeat(70), 'UCS-2', 70, 1],
    ['71 á', 'á'.repeat(71), 'UCS-2', 71, 2],
    ['35 emoji', '😀'.repeat(35), 'UCS-2', 70, 1],
    ['36 emoji', '😀'.repeat(36), 'UCS-2', 72, 2],
    ['67 emoji do not fit two parts: a pair would be cut', '😀'.repeat(67), 'UCS-2', 134, 3],
  ];
  it.each(vectors)('%s', (_, text, encoding, units, segments) => {
    expect(countSegments(text)).toEqual({ encoding, units, segments });
  });

  it('never needs fewer parts for a longer text', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 400 }),
        fc.string({ unit: 'binary', maxLength: 9 }),
        (a, b) => {
          expect(countSegments(a + b).segments).toBeGreaterThanOrEqual(countSegments(a).segments);
        },
      ),
    );
  });
});

describe('plain', () => {
  const cases: [string, string][] = [
    ['We’ll see you “soon” — bye…', 'We\'ll see you "soon" - bye...'],
    ['10:30\u202FAM, 555\u00A00100', '10:30 AM, 555 0100'],
    ['José, mié, ¿sí? Ñandú', 'José, mié, ¿sí? Ñandú'],
    ['Jose\u0301', 'José'],
    ['zero\u200Bwidth\uFEFF', 'zerowidth'],
    ['• one', '- one'],
  ];
  it.each(cases)('%j', (text, expected) => {
    expect(plain(text)).toBe(expected);
  });
});
