import type { Clinic } from '../domain/policy/clinic.ts';
import type { Rule } from '../domain/policy/rule.ts';
import type { Folder, Mistake, Sound } from './load-yaml.ts';

interface Files {
  /** Undefined when it cannot be used: then nothing is judged by it. */
  clinic: Sound<Clinic> | undefined;
  rules: Folder<Rule>;
  texts: { ids: Set<string> };
}

type Found = [path: PropertyKey[], sentence: string];

/** What no single file can get wrong: names that lead nowhere, and rules that may not be on yet. */
export function contradictions({ clinic, rules, texts }: Files): Mistake[] {
  const owners = clinic && Object.keys(clinic.value.owners);
  const answers = clinic?.value.answersPatients ?? '';
  return [
    ...(clinic && owners && !owners.includes(answers)
      ? [clinic.at(['answersPatients'], `\`${answers}\` is not among the owners.`)]
      : []),
    ...rules.files.flatMap(({ value: rule, at }) =>
      [
        ...tooEarly(rule),
        ...unknownRule(rule, rules.ids),
        ...unknownOwners(rule, owners),
        ...unknownTexts(rule, texts),
      ].map(([path, sentence]) => at(path, sentence)),
    ),
  ];
}

const tooEarly = ({ active, needsTriage }: Rule): Found[] =>
  active && needsTriage
    ? [
        [
          ['active'],
          'This rule invites answers that may be urgent; it cannot be switched on before inbound triage exists.',
        ],
      ]
    : [];

const unknownRule = ({ of }: Rule, rules: Set<string>): Found[] =>
  of === undefined || rules.has(of) ? [] : [[['of'], `There is no rule \`${of}\`.`]];

function unknownOwners({ owner, escalation, steps }: Rule, owners: string[] | undefined): Found[] {
  const named: [PropertyKey[], string | undefined][] = [
    [['owner'], owner],
    ...steps.map(({ task }, i): [PropertyKey[], string | undefined] => [['steps', i, 'task', 'owner'], task?.owner]),
    [['escalation', 'task', 'owner'], escalation.task.owner],
  ];
  return named.flatMap(([path, name]): Found[] =>
    name === undefined || !owners || owners.includes(name)
      ? []
      : [[path, `\`${name}\` is not among the owners in clinic.yaml.`]],
  );
}

function unknownTexts({ steps }: Rule, { ids }: Files['texts']): Found[] {
  return steps.flatMap(({ message }, i) => {
    if (!message) return [];
    const named = [
      ...wordingsIn([], message),
      ...wordingsIn(['dayBefore'], message.dayBefore ?? {}),
      ...Object.entries(message.byChange ?? {}).map(([change, text]): Wording => [['byChange', change], text]),
    ];
    return named.flatMap(([path, name]): Found[] =>
      ids.has(name) ? [] : [[['steps', i, 'message', ...path], `There is no text \`${name}\` in mappings/texts.`]],
    );
  });
}

type Wording = [path: PropertyKey[], text: string];

/** `text`, and every other one that stands in for it. */
const wordingsIn = (path: PropertyKey[], named: object): Wording[] =>
  Object.entries(named).flatMap(([key, value]): Wording[] =>
    /(^t|T)ext$/.test(key) && typeof value === 'string' ? [[[...path, key], value]] : [],
  );
