import { describe, expect, it } from 'vitest';
import { chooseLanguage } from '../../sync/domain/language.ts';

const choose = (languages: string[], available = ['en', 'es']) =>
  chooseLanguage(languages, available, 'skip', 'en').language;

describe('chooseLanguage', () => {
  const cases: [string[], string | undefined, string[]?][] = [
    [['es'], 'es'],
    [['es-MX'], 'es'],
    [['es-419'], 'es'],
    [['es_US'], 'es'],
    [['spa'], 'es'],
    [['SPA'], 'es'],
    [['Spanish; Castilian'], 'es'],
    [['Spanish'], 'es'],
    [['Español'], 'es'],
    [['Spanish (Mexico)'], 'es'],
    [['eng'], 'en'],
    [['en-GB'], 'en'],
    [['English'], 'en'],
    [['ase'], 'en'],
    [['vi', 'es'], 'es'],
    [['es', 'en'], 'es'],
    [['vi'], undefined],
    [['Vietnamese'], undefined],
    [['pt-BR'], undefined],
    [['not a tag at all'], undefined],
    [[], 'en'],
    [['und'], 'en'],
    [['  '], 'en'],
    [['zh-Hant'], undefined, ['en', 'zh-Hans']],
    [['zh-TW'], undefined, ['en', 'zh-Hans']],
    [['zh-TW'], 'zh-Hant', ['en', 'zh-Hans', 'zh-Hant']],
    [['zh-CN'], 'zh-Hans', ['en', 'zh-Hans']],
    [['zh'], undefined, ['en', 'zh-Hans']],
    [['chi'], undefined, ['en', 'zh-Hans', 'zh-Hant']],
    [['yue'], undefined, ['en', 'zh-Hans']],
    [['es-MX'], 'es-MX', ['es', 'es-MX']],
  ];
  it.each(cases)('%j reads %s', (languages, expected, available) => {
    expect(choose(languages, available)).toBe(expected);
  });

  it.each([
    ['skip', undefined, false],
    ['clinic-default', 'en', false],
    ['clinic-default-and-task', 'en', true],
    ['staff', undefined, true],
  ] as const)('without a text the policy %s writes in %s', (policy, language, task) => {
    expect(chooseLanguage(['vi'], ['en', 'es'], policy, 'en')).toEqual({ language, because: 'language-missing', task });
  });

  it('asks nobody for help when the chart names no language', () => {
    expect(chooseLanguage([], ['en', 'es'], 'staff', 'en')).toEqual({
      language: 'en',
      because: 'not-recorded',
      task: false,
    });
  });
});
