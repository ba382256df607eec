import { checkContent } from '../content/check-content.ts';
import type { Terms } from '../content/terms.ts';
import { finding, lintLength, lintTemplate, type TextFinding, type Wording } from './lint-wording.ts';
import { plausibleFor } from './plausible.ts';
import { BLANK, render } from './render.ts';
import { LANGUAGES, type Language, type Text, VARIABLES, type Variable, type Variables } from './text.ts';

export type { TextFinding } from './lint-wording.ts';

/** What an approver should see before signing. `values` are the longest plausible ones, so that length is honest. */
export function lintText(text: Text, terms: Terms, values?: Record<Language, Variables>): TextFinding[] {
  const wordings = LANGUAGES.flatMap(language => wordingsIn(text, language));
  return [
    ...missing(text),
    ...variables(text, wordings),
    ...wordings.flatMap(wording => [
      ...lintTemplate(text, wording),
      ...rendered(text, wording, terms, values?.[wording.language] ?? plausibleFor(text.purpose, wording.language)),
    ]),
  ];
}

function wordingsIn(text: Text, language: Language): Wording[] {
  const single = { form: 'single', words: text[language], path: language } as const;
  const joined = { form: 'joined', words: text[language]?.joined, path: `${language}.joined` } as const;
  return [single, joined].flatMap(({ form, words, path }) => [
    ...(words?.sms ? [{ path: `${path}.sms`, language, medium: 'sms', form, template: words.sms } as const] : []),
    ...(words?.email
      ? [
          {
            path: `${path}.email`,
            language,
            medium: 'email',
            form,
            template: `${words.email.subject}\n${words.email.body}`,
          } as const,
        ]
      : []),
  ]);
}

/** Whatever exists in one language has to exist in every other one. */
function missing(text: Text): TextFinding[] {
  const has = (language: Language) => new Set(wordingsIn(text, language).map(w => w.path.slice(language.length)));
  const all = new Set(LANGUAGES.flatMap(language => [...has(language)]));
  return LANGUAGES.flatMap(language => {
    if (!text[language])
      return [finding('language-missing', language, `There are no words in the language ${language}.`)];
    const lacking = [...all].filter(path => !has(language).has(path));
    return lacking.map(path => finding('medium-missing', language + path, 'The other language has words for this.'));
  });
}

function variables(text: Text, wordings: Wording[]): TextFinding[] {
  const used = new Set<string>();
  const undeclared = wordings.flatMap(({ template, path }) =>
    [...template.matchAll(BLANK)].flatMap(([, name = '']) => {
      used.add(name);
      if (text.variables.some(variable => variable === name)) return [];
      const known = VARIABLES.some(variable => variable === name);
      const hint = known ? 'add it to variables' : 'nothing can fill it';
      return [finding('undeclared-variable', path, `The blank {{${name}}} is not declared; ${hint}.`)];
    }),
  );
  const unused = text.variables.filter((variable: Variable) => !used.has(variable));
  return [
    ...undeclared,
    ...unused.map(name => finding('unused-variable', '', `The variable ${name} is declared and never used.`)),
  ];
}

function rendered(text: Text, wording: Wording, terms: Terms, values: Variables): TextFinding[] {
  const { path, language, medium, form } = wording;
  const result = render(text, language, medium, values, form);
  if (!('ok' in result)) return [];
  const content = checkContent({
    body: result.ok,
    ...(result.subject !== undefined && { subject: result.subject }),
    medium,
    class: text.class,
    terms,
    allowedNames: [values.firstName, values.clinicianName, values.names].flatMap(name => name ?? []),
    phones: [values.clinicPhone ?? ''],
    hosts: [values.telehealthLink ?? ''].map(link => URL.parse(link)?.host ?? ''),
  }).map(({ code, term }) =>
    finding('forbidden-content', path, `It holds ${code}${term ? ` (${term.language} term ${term.index + 1})` : ''}.`),
  );
  return [...content, ...(medium === 'sms' ? lintLength(text, wording, result.ok) : [])];
}
