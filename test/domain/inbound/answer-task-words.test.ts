import { describe, expect, it } from 'vitest';
import { answerTaskWords } from '../../../sync/domain/inbound/answer-task-words.ts';
import { whoWrote } from '../../../sync/domain/inbound/who-wrote.ts';
import { facts, patient, relatedPerson } from '../../support/facts.ts';
import { shippedPolicy } from '../../support/policy.ts';
import { NOON } from '../../support/scene.ts';

const { clinic } = shippedPolicy();
const MOTHER = '+13125550109';
const HERS = [{ system: 'phone', use: 'mobile', value: MOTHER } as const];
const from = (address = MOTHER) => ({ address, at: NOON, clinic });

const elena = relatedPerson({ name: [{ given: ['Elena'] }], telecom: HERS });
const unnamed = relatedPerson({ telecom: HERS });
const child = (name: string, related = [elena], birthDate = '2025-03-01') =>
  facts({
    reference: `Patient/${name}`,
    patient: patient({ id: name, name: [{ given: [name] }], birthDate, telecom: related.length > 0 ? [] : HERS }),
    relatedPersons: related,
  });
const ana = facts();
const ben = facts({ patient: patient({ id: 'ben', name: [{ given: ['Ben'] }] }) });

describe('who wrote', () => {
  it.each([
    ['the patient', [ana], 'Ana'],
    ['a mother whom the chart names', [child('Joaquín')], 'Elena (for Joaquín)'],
    ['of two children', [child('Mia'), child('Leo')], 'Elena (for Mia or Leo)'],
    ['one without a name', [child('Joaquín', [unnamed])], 'The parent or guardian of Joaquín'],
    ['from the telephone of a child', [child('Zoe', [], '2010-03-01')], 'Somebody with the telephone of Zoe'],
    ['somebody of no known age', [child('Max', [elena], '')], 'Max'],
    ['one of two adults', [ana, ben], 'One of those who share a number, Ana or Ben,'],
    ['a mother or a patient', [ana, child('Mia')], 'One of those who share a number, Ana or Elena (for Mia),'],
    ['nobody we know', [], 'Somebody we do not know'],
  ])('%s', (_, patients, words) => expect(whoWrote(patients, from())).toBe(words));

  it('is no mother whose number is another', () =>
    expect(whoWrote([child('Mia')], from('+13125550177'))).toBe('Somebody with the telephone of Mia'));
});

it('is said with the number, what is asked, and the words', () => {
  const who = whoWrote([child('Joaquín')], from());
  expect(answerTaskWords({ code: 'answer-patient', who, address: MOTHER, body: 'Can you call me?' })).toBe(
    'Elena (for Joaquín) (+13125550109) wrote to us and needs an answer. They wrote: “Can you call me?”',
  );
  expect(answerTaskWords({ code: 'answer-patient', who, address: MOTHER, body: ' ' })).toContain('no words in it');
});
