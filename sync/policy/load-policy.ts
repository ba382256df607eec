import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { TermFile } from '../domain/content/terms.ts';
import { ReplyFile } from '../domain/inbound/reply-words.ts';
import { Clinic } from '../domain/policy/clinic.ts';
import type { Policy } from '../domain/policy/policy.ts';
import { Rule } from '../domain/policy/rule.ts';
import { Text } from '../domain/text/text.ts';
import { contradictions } from './contradictions.ts';
import { type Folder, type Mistake, readFile, readFolder, type Sound } from './load-yaml.ts';

export interface LoadedPolicy {
  policy: Policy;
  /** Changes exactly when something that decides changes. */
  version: string;
}

/** What of `mappings/` decides about messages, as far as it can be used. */
export interface PolicyFiles {
  clinic: Sound<Clinic> | undefined;
  rules: Folder<Rule>;
  texts: Folder<Text>;
  replies: Folder<ReplyFile>;
  terms: Folder<TermFile>;
  /** Everything that is wrong: in each file, and between those that can be used. */
  mistakes: Mistake[];
}

export function readPolicy(folder: string): PolicyFiles {
  const clinic = readFile(Clinic, join(folder, 'clinic.yaml'));
  const files = {
    clinic: 'mistakes' in clinic ? undefined : clinic,
    rules: readFolder(Rule, join(folder, 'rules')),
    texts: readFolder(Text, join(folder, 'texts')),
    replies: readFolder(ReplyFile, join(folder, 'replies')),
    terms: readFolder(TermFile, join(folder, 'content')),
  };
  const { rules, texts, replies, terms } = files;
  const mistakes = [
    ...('mistakes' in clinic ? clinic.mistakes : []),
    ...[rules, texts, replies, terms].flatMap(one => one.mistakes),
    ...contradictions(files),
  ];
  return { ...files, mistakes };
}

/** Reads `mappings/`: the practice, its rules and its texts. Says everything that is wrong, all at once. */
export function loadPolicy(folder: string): LoadedPolicy | { mistakes: Mistake[] } {
  const { clinic, rules, texts, replies, terms, mistakes } = readPolicy(folder);
  if (!clinic || mistakes.length > 0) return { mistakes };
  const policy: Policy = {
    clinic: clinic.value,
    rules: values(rules),
    texts: Object.fromEntries(values(texts).map(text => [text.id, text])),
    replies: values(replies),
    terms: values(terms),
  };
  return { policy, version: versionOf(policy) };
}

const values = <T>({ files }: Folder<T>): T[] => files.map(one => one.value);

const versionOf = (policy: Policy): string =>
  createHash('sha256').update(JSON.stringify(policy)).digest('hex').slice(0, 16);
