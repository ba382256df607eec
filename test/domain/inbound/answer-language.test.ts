import { expect, it } from 'vitest';
import { answerLanguage } from '../../../sync/domain/inbound/answer-language.ts';
import type { Reply } from '../../../sync/domain/inbound/keywords.ts';
import { facts, patient } from '../../support/facts.ts';
import { shippedPolicy } from '../../support/policy.ts';

const reads = (code: string) => ({
  ...facts({}),
  patient: patient({ communication: [{ language: { coding: [{ code }] }, preferred: true }] }),
});
const [english, spanish] = [reads('en'), reads('es')];

it.each<[string, Partial<Reply>, ReturnType<typeof reads>[], string]>([
  ['a word counts for less than the chart', { certainty: 'exact', language: 'en' }, [spanish], 'es'],
  ['a sentence counts for more', { certainty: 'phrase', language: 'es' }, [english], 'es'],
  ['a word is all that is known of a stranger', { certainty: 'exact', language: 'es' }, [], 'es'],
  ['a letter says nothing', { certainty: 'exact' }, [spanish], 'es'],
  [
    'a household of two languages: the practice’s own',
    { certainty: 'exact', language: 'es' },
    [english, spanish],
    'en',
  ],
])('%s', (_, reading, writers, language) => expect(answerLanguage(reading, writers, shippedPolicy())).toBe(language));
