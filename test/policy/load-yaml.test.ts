import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { formatMistakes, loadFolder, loadYaml } from '../../sync/policy/load-yaml.ts';

const Example = z
  .strictObject({
    id: z.string(),
    name: z.string().min(5).optional(),
    phone: z.string().optional(),
    active: z.boolean().optional(),
    trigger: z.enum(['visit-booked', 'visit-upcoming']).optional(),
    steps: z
      .array(
        z.strictObject({
          when: z.union([
            z.strictObject({ before: z.string() }),
            z.strictObject({ daysBefore: z.int(), at: z.string() }),
          ]),
          asks: z.array(z.string()).max(2).default([]),
        }),
      )
      .min(1)
      .optional(),
    byChange: z.partialRecord(z.enum(['moved', 'place']), z.string()).optional(),
    zones: z.record(z.string().length(2), z.string()).optional(),
    share: z.number().max(1).optional(),
    until: z.string().regex(/^\d+$/, { error: 'must be digits' }).optional(),
    of: z.string().optional(),
  })
  .superRefine((value, context) => {
    if (value.of) context.addIssue({ code: 'custom', path: ['of'], message: 'name the rule it follows' });
  });

const mistakesIn = (text: string): string[] => {
  const loaded = loadYaml(Example, 'x.yaml', text);
  return 'mistakes' in loaded ? formatMistakes(loaded.mistakes).split('\n') : [];
};

describe('loadYaml says what is wrong and where', () => {
  const cases: [name: string, text: string, expected: string[]][] = [
    ['unknown key', 'id: a\nnmae: Hello\n', ['2:1: The key `nmae` is not known here; did you mean `name`?']],
    [
      'unknown key inside a list',
      'id: a\nsteps:\n  - when: { before: PT1H }\n    ask: [c]\n',
      ['4:5: The key `ask` is not known here; did you mean `asks`?'],
    ],
    [
      'unknown key in a union',
      'id: a\nsteps:\n  - when:\n      befor: PT1H\n',
      ['4:7: The key `befor` is not known here; did you mean `before`?'],
    ],
    [
      'unknown key without a likely meaning',
      'id: a\nbyChange:\n  colour: x\n',
      ['3:3: The key `colour` is not known here; known here: moved, place.'],
    ],
    [
      'the nearer branch of a union speaks',
      'id: a\nsteps:\n  - when: { daysBefore: 2, at: 9 }\n',
      ['3:32: `steps[0].when.at` must be text, but is a number; put it in quotes.'],
    ],
    [
      'missing key, at what should hold it',
      'name: Hello\nsteps:\n  - asks: [c]\n',
      ['1:1: `id` is missing.', '3:5: `steps[0].when` is missing.'],
    ],
    ['empty value', 'id:\nname: Hello\n', ['1:4: `id` is empty.']],
    ['wrong type', 'id: a\nphone: 5550100\n', ['2:8: `phone` must be text, but is a number; put it in quotes.']],
    ['no for false', 'id: a\nactive: no\n', ['2:9: `active` must be true or false, but is text.']],
    [
      'mistyped choice',
      'id: a\ntrigger: visit-upcomming\n',
      ['2:10: `trigger` must be one of visit-booked, visit-upcoming; did you mean visit-upcoming?'],
    ],
    ['too short', 'id: a\nname: Hi\n', ['2:7: `name` must have at least 5 characters.']],
    [
      'too few and too many',
      'id: a\nsteps: []\nshare: 2\n',
      ['2:1: `steps` must have at least 1 entry.', '3:8: `share` must be at most 1.'],
    ],
    ['own words of a schema follow the name', 'id: a\nuntil: soon\n', ['2:8: `until` must be digits.']],
    ['own words of a schema stand alone', 'id: a\nof: b\n', ['2:5: `of`: name the rule it follows.']],
    [
      'bad key of a record',
      'id: a\nzones:\n  TX: a\n  Texas: b\n',
      ['4:3: The key `zones.Texas` must have at most 2 characters.'],
    ],
    [
      'duplicate key, and still everything else',
      'id: a\nid: b\nnmae: Hello\n',
      [
        '2:1: This key is used twice in the same place; keep one of them.',
        '3:1: The key `nmae` is not known here; did you mean `name`?',
      ],
    ],
    ['a list instead of keys', '- id: a\n', ['1:1: The file must be a group of keys, but is a list.']],
    ['tab', 'id: a\nsteps:\n\t- asks: []\n', ['3:1: This line is indented with a tab; use spaces.']],
    [
      'two colons',
      'id: a: b\n',
      ['1:5: A second colon on this line makes it ambiguous; put the text in quotes, or begin a new, indented line.'],
    ],
    ['two documents', 'id: a\n---\nid: b\n', ['2:1: A second document begins here (---); a file holds one.']],
    ['references', 'id: &x a\nname: *x\n', ['2:7: References (*name) are not used here; write the value out.']],
    ['empty file', '# nothing\n', ['1:1: The file is empty.']],
    ['no file at all', '', ['1:1: The file is empty.']],
  ];
  it.each(cases)('%s', (_, text, expected) => {
    expect(mistakesIn(text)).toEqual(expected.map(line => `x.yaml:${line}`));
  });

  it('does not judge the content of a file it cannot parse', () => {
    expect(mistakesIn('nmae: "Hello\n')).toHaveLength(1);
  });

  it('counts columns in the presence of a byte order mark and CRLF', () => {
    expect(mistakesIn('\uFEFFid: a\r\nnmae: x\r\n')).toEqual([
      'x.yaml:2:1: The key `nmae` is not known here; did you mean `name`?',
    ]);
  });

  it('names the path for those who do not read sentences', () => {
    const loaded = loadYaml(Example, 'x.yaml', 'id: a\nsteps:\n  - when: { before: 1 }\n');
    expect('mistakes' in loaded && loaded.mistakes[0]?.path).toBe('steps[0].when.before');
  });

  it('returns the value with defaults when nothing is wrong', () => {
    const loaded = loadYaml(Example, 'x.yaml', 'id: a\nsteps:\n  - when: { before: PT1H }\n');
    expect(loaded).toEqual({ value: { id: 'a', steps: [{ when: { before: 'PT1H' }, asks: [] }] } });
  });
});

describe('loadFolder', () => {
  const folders: string[] = [];
  const folderOf = (files: Record<string, string>): string => {
    const folder = mkdtempSync(join(tmpdir(), 'policy-'));
    folders.push(folder);
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    return folder;
  };
  afterAll(() => {
    for (const folder of folders) rmSync(folder, { recursive: true });
  });

  it('reads every yaml file in the order of names and leaves other files alone', () => {
    const folder = folderOf({ 'b.yaml': 'id: b\n', 'a.yaml': 'id: a\n', 'README.md': 'words' });
    expect(loadFolder(Example, folder)).toEqual({
      value: [
        { file: join(folder, 'a.yaml'), value: { id: 'a' } },
        { file: join(folder, 'b.yaml'), value: { id: 'b' } },
      ],
    });
  });

  it('reports the mistakes of all files at once, also a wrong id and a name that would be ignored', () => {
    const folder = folderOf({ 'a.yaml': 'id: b\n', 'b.yaml': 'nmae: x\n', 'c.yml': 'id: c\n' });
    const loaded = loadFolder(Example, folder);
    expect(
      'mistakes' in loaded && loaded.mistakes.map(m => `${m.file.slice(folder.length + 1)} ${m.sentence}`),
    ).toEqual([
      'a.yaml Its id is `b`; the file must have the same name.',
      'b.yaml `id` is missing.',
      'b.yaml The key `nmae` is not known here; did you mean `name`?',
      'c.yml This file would be ignored; let its name end in .yaml.',
    ]);
  });
});
