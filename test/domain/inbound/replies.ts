import { readFileSync } from 'node:fs';
import { type Reply, readReply } from '../../../sync/domain/inbound/keywords.ts';
import { compileReplies, ReplyFile } from '../../../sync/domain/inbound/reply-words.ts';
import { loadYaml } from '../../../sync/policy/load-yaml.ts';
import { loadedOrThrow } from '../../mappings.ts';

const words = compileReplies(
  ['en', 'es'].map(language => {
    const file = `mappings/replies/${language}.yaml`;
    return loadedOrThrow(loadYaml(ReplyFile, file, readFileSync(file, 'utf8')));
  }),
);

/** As the shipped words read it, where a question with so many options is open. */
export const read = (text: string, options = 0): Reply =>
  readReply(text, words, options > 0 ? { openQuestion: { options } } : {});
