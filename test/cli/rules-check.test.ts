import { afterEach, expect, it, vi } from 'vitest';
import { Failure } from '../../sync/cli/failure.ts';
import { runCheck } from '../../sync/cli/rules-check.ts';
import { listener } from './hears.ts';
import { type Edit, mappingsWith } from './mappings-copy.ts';

afterEach(() => vi.unstubAllEnvs());

const NOW = '2026-11-21T15:00:00Z';

/** What `rules check` says, without the folder, and the sentence it ends with. */
function check(...edits: Edit[]): string[] {
  const folder = mappingsWith(...edits);
  vi.stubEnv('LOOPKEEPER_MAPPINGS', folder);
  const out = listener();
  try {
    runCheck({ now: NOW }, out);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    out.line(`[${error.code}] ${error.message}`);
  }
  return out.text().replaceAll(`${folder}/`, '').split('\n');
}

const CASES: [name: string, edits: Edit[], said: RegExp[]][] = [
  [
    'a rule, a text, the words of answers, forbidden words, an EHR profile, the ownership and a Subscription, all at once',
    [
      ['rules/no-show.yaml', 'purpose: no-show', 'purpose: no-shwo'],
      ['texts/no-show.yaml', 'class: routine', 'class: rutine'],
      ['replies/es.yaml', 'language: es', 'langauge: es'],
      ['content/terms.en.yaml', 'language: en', 'language: english'],
      ['ehr/epic.yaml', 'id: epic', 'id: Epic'],
      ['ownership.yaml', 'ours: [participant.status]', 'our: [participant.status]'],
      ['clinic.yaml', 'adultAge: 18', 'adultAge: eighteen'],
      ['subscriptions.yaml', 'resources: {}', 'resources: { Appointment: { criteria: [Task?] } }'],
    ],
    [
      /^clinic\.yaml:\d+:11: `adultAge` must be a number, but is text\.$/,
      /^content\/terms\.en\.yaml:\d+:11: `language` must be one of/,
      /^ehr\/epic\.yaml:\d+:5: `id`/,
      /^ownership\.yaml:\d+:\d+: The key `Appointment\.our`|^ownership\.yaml:\d+:\d+: The key `our`/,
      /^replies\/es\.yaml:\d+:1: The key `langauge` is not known here; did you mean `language`\?$/,
      /^rules\/no-show\.yaml:\d+:10: `purpose` must be one of .*did you mean no-show\?$/,
      /^subscriptions\.yaml:\d+:40: `resources\.Appointment\.criteria\[0\]` must begin with `Appointment\?`\.$/,
      /^texts\/no-show\.yaml:\d+:8: `class` must be one of .*did you mean routine\?$/,
      /^\[3\] 8 mistakes in 8 files\.$/,
    ],
  ],
  [
    'names that lead nowhere, at the line that says them',
    [
      ['clinic.yaml', 'answersPatients: front-desk', 'answersPatients: reception'],
      ['rules/pre-visit-checklist.yaml', 'owner: front-desk', 'owner: reception'],
      ['rules/pre-visit-checklist.yaml', '    owner: front-desk', '    owner: nobody'],
      [
        'rules/pre-visit-checklist.yaml',
        'text: pre-visit-checklist',
        'text: checklist, dayBefore: { text: good-night }, byChange: { moved: moving }',
      ],
      ['rules/unconfirmed-nudge.yaml', 'of: reminder-48h', 'of: reminder-72h'],
      ['rules/check-in-48h.yaml', 'active: false', 'active: true'],
    ],
    [
      /^clinic\.yaml:\d+:18: `reception` is not among the owners\.$/,
      /^rules\/check-in-48h\.yaml:\d+:9: This rule invites answers/,
      /^rules\/pre-visit-checklist\.yaml:6:8: `reception` is not among/,
      /^rules\/pre-visit-checklist\.yaml:14:22: There is no text `checklist`/,
      /^rules\/pre-visit-checklist\.yaml:14:52: There is no text `good-night`/,
      /^rules\/pre-visit-checklist\.yaml:14:85: There is no text `moving`/,
      /^rules\/pre-visit-checklist\.yaml:21:12: `nobody` is not among/,
      /^rules\/unconfirmed-nudge\.yaml:\d+:5: There is no rule `reminder-72h`\.$/,
      /^\[3\] 8 mistakes in 4 files\.$/,
    ],
  ],
  [
    'a text that two rules want',
    [['texts/reminder-day-of.yaml']],
    [
      /^rules\/reminder-2h\.yaml:14:13: There is no text `reminder-day-of`/,
      /^rules\/reminder-day-of\.yaml:14:13: There is no text `reminder-day-of`/,
      /^\[3\] 2 mistakes in 2 files\.$/,
    ],
  ],
  [
    'what a text would do to its reader, beside a broken rule',
    [
      ['rules/no-show.yaml', 'active: true', 'active: yes'],
      ['texts/no-show.yaml', 'variables: [', 'variables: [telehealthLink, '],
    ],
    [
      /^rules\/no-show\.yaml:\d+:9: `active` must be true or false/,
      /^texts\/no-show\.yaml:1:1: The variable telehealthLink is declared and never used\.$/,
      /^\[3\] 2 mistakes in 2 files\.$/,
    ],
  ],
  [
    'a broken text is there all the same, and nobody is blamed for naming it',
    [['texts/no-show.yaml', 'class: routine', 'class: rutine']],
    [/^texts\/no-show\.yaml:\d+:8: `class`/, /^\[3\] 1 mistake in 1 file\.$/],
  ],
  [
    'owners are not judged by a clinic.yaml that cannot be read',
    [
      ['clinic.yaml', 'country: US', 'country: USA'],
      ['rules/no-show.yaml', 'owner: front-desk', 'owner: nobody'],
    ],
    [/^clinic\.yaml:\d+:10: `country` must have at most 2 characters\.$/, /^\[3\] 1 mistake in 1 file\.$/],
  ],
  [
    'files and folders that are not there',
    [['ownership.yaml'], ['replies']],
    [
      /^ownership\.yaml:1:1: There is no such file\.$/,
      /^replies:1:1: There is no such folder\.$/,
      /^\[3\] 2 mistakes in 2 files\.$/,
    ],
  ],
];
it.each(CASES)('names %s', (_, edits, expected) => {
  const said = check(...edits);
  expect(said).toEqual(expected.map(sentence => expect.stringMatching(sentence)));
});

it('points into the words of a text', () => {
  const [first = ''] = check(['texts/no-show.yaml', 'sms: "', 'sms: "Your diabetes visit. ']);
  expect(first).toMatch(/^texts\/no-show\.yaml:10:8: `en\.sms`: It holds/);
});

it('finds nothing wrong with what is shipped', () => {
  expect(check()).toEqual([
    expect.stringMatching(/^\d+ rules, \d+ of them active; \d+ texts; \d+ EHR profiles; version [0-9a-f]{16}\.$/),
    'Nothing is wrong with them.',
  ]);
});

it('names what no file shows alone: a place whose name says what it is for', () => {
  const said = check(['clinic.yaml', 'name: Mesa,', 'name: Fertility Center,']);
  expect(said[0]).toMatch(/^clinic\.yaml:\d+:\d+: The name of Location\/location-mesa says what the place is for/);
});

it('names texts whose review is due or was, and what becomes of them', () => {
  const said = check(
    ['texts/reminder.yaml', 'reviewBy: 2027-02-19', 'reviewBy: 2026-11-20'],
    ['texts/answer-help.yaml', 'reviewBy: 2027-02-12', 'reviewBy: 2026-11-19'],
    ['texts/no-show.yaml', 'reviewBy: 2027-02-19', 'reviewBy: 2026-12-01'],
  );
  expect(said.map(line => line.replace(/:\d+:\d+:/, ':'))).toEqual([
    expect.stringMatching(/^texts\/answer-help\.yaml: Its review was due on 2026-11-19; it is still sent/),
    expect.stringMatching(/^texts\/reminder\.yaml: Its review was due on 2026-11-20; it is not sent/),
    expect.stringMatching(/^texts\/no-show\.yaml: Its review is due on 2026-12-01; after that day/),
    expect.stringMatching(/^14 rules/),
    '[3] 2 texts past the day of review.',
  ]);
});
