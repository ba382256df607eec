import { expect, it } from 'vitest';
import { lintLibrary } from '../../../sync/domain/text/lint-library.ts';
import { isExpired, reviewsDue } from '../../../sync/domain/text/review.ts';
import type { Text } from '../../../sync/domain/text/text.ts';
import { shippedTerms } from '../../mappings.ts';
import { shippedPolicy, withClinic } from '../../support/policy.ts';

const { texts, clinic } = shippedPolicy();
const terms = shippedTerms();
const text = (id: string, changes: Partial<Text> = {}): Text => ({ ...(texts[id] as Text), ...changes });
const about = (found: { about: string }[]) => found.map(one => one.about);

it('finds nothing wrong with the shipped library', () => expect(lintLibrary(texts, clinic, terms)).toEqual([]));

it.each<[string, Partial<Text>]>([
  ['a form that does not exist', { sensitiveForm: 'nowhere' }],
  ['a form that names people', { sensitiveForm: 'reminder-confirmed' }],
  ['a form that says something else', { sensitiveForm: 'no-show-sensitive' }],
])('finds %s', (_, changes) =>
  expect(about(lintLibrary({ ...texts, reminder: text('reminder', changes) }, clinic, terms))).toEqual(['reminder']),
);

it('finds a place whose name says what it is for, where places are named', () => {
  const places = (...names: string[]) =>
    withClinic(shippedPolicy(), {
      locations: names.map((name, i) => ({ reference: `Location/${i}`, name, zone: clinic.zone })),
    }).clinic;
  expect(about(lintLibrary(texts, places('Oak Street', 'Cancer Center'), terms))).toEqual(['clinic']);
  expect(lintLibrary(texts, places('Cancer Center'), terms)).toEqual([]);
});

const due = (changes: Partial<Text>, today: string) => reviewsDue([text('reminder', changes)], today)[0]?.code;

it.each([
  ['2026-11-20', undefined],
  ['2026-11-21', 'due-soon'],
  ['2026-12-21', 'due-soon'],
  ['2026-12-22', 'expired'],
])('warns thirty days before a review, and says when it is overdue: %s', (today, code) =>
  expect(due({ reviewBy: '2026-12-21' }, today)).toBe(code),
);

it.each(['answer', 'opt-out-answer', 'notice'] as const)('never silences the purpose %s', purpose => {
  const overdue = text('reminder', { purpose, reviewBy: '2026-01-01' });
  expect(isExpired(overdue, '2026-11-21')).toBe(false);
  expect(due({ purpose, reviewBy: '2026-01-01' }, '2026-11-21')).toBe('overdue');
});

it.each(['confirmation', 'reminder', 'rebook', 'no-show', 'follow-up', 'checklist'] as const)(
  'holds the purpose %s back until it is reviewed',
  purpose => expect(isExpired(text('reminder', { purpose, reviewBy: '2026-11-20' }), '2026-11-21')).toBe(true),
);

it('says the most pressing review first', () => {
  const all = [text('reminder', { reviewBy: '2026-12-01' }), text('no-show', { reviewBy: '2026-11-01' })];
  expect(reviewsDue(all, '2026-11-21').map(one => one.text)).toEqual(['no-show', 'reminder']);
});
