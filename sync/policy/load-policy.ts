import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { TermFile } from '../domain/content/terms.ts';
import { ReplyFile } from '../domain/inbound/reply-words.ts';
import { Clinic } from '../domain/policy/clinic.ts';
import type { Policy } from '../domain/policy/policy.ts';
import { Rule } from '../domain/policy/rule.ts';
import { Text } from '../domain/text/text.ts';
import { type LoadedFile, loadFolder, loadYaml, type Mistake } from './load-yaml.ts';
import { rulesMistakes } from './rules-mistakes.ts';

export interface LoadedPolicy {
  policy: Policy;
  /** Changes exactly when something that decides changes. */
  version: string;
}

/** Reads `mappings/`: the practice, its rules and its texts. Says everything that is wrong, all at once. */
export function loadPolicy(folder: string): LoadedPolicy | { mistakes: Mistake[] } {
  const file = join(folder, 'clinic.yaml');
  const clinic = loadYaml(Clinic, file, readFileSync(file, 'utf8'));
  const rules = loadFolder(Rule, join(folder, 'rules'));
  const texts = loadFolder(Text, join(folder, 'texts'));
  const replies = loadFolder(ReplyFile, join(folder, 'replies'));
  const terms = loadFolder(TermFile, join(folder, 'content'));
  const mistakes = [clinic, rules, texts, replies, terms].flatMap(one => ('mistakes' in one ? one.mistakes : []));
  if (
    'mistakes' in clinic ||
    'mistakes' in rules ||
    'mistakes' in texts ||
    'mistakes' in replies ||
    'mistakes' in terms
  )
    return { mistakes };
  const policy: Policy = {
    clinic: clinic.value,
    rules: values(rules.value),
    texts: byId(texts.value),
    replies: values(replies.value),
    terms: values(terms.value),
  };
  const contradictions = rulesMistakes(rules.value, policy);
  if (contradictions.length > 0) return { mistakes: contradictions };
  return { policy, version: versionOf(policy) };
}

const values = <T>(files: LoadedFile<T>[]): T[] => files.map(one => one.value);

const byId = (files: LoadedFile<Text>[]): Record<string, Text> =>
  Object.fromEntries(files.map(({ value }) => [value.id, value]));

const versionOf = (policy: Policy): string =>
  createHash('sha256').update(JSON.stringify(policy)).digest('hex').slice(0, 16);
