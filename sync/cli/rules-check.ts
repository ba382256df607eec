import { readConfig } from '../config.ts';
import { formatMistakes } from '../policy/load-yaml.ts';
import { checkMappings } from './check-mappings.ts';
import { EXIT } from './exit-codes.ts';
import { Failure } from './failure.ts';
import { momentOf } from './moment.ts';
import { mappingsOf, policyOf } from './policy-of.ts';
import { type Out, plural } from './print.ts';

/** Every mistake at once, each at its line: whoever mends one and looks again should not find the next. */
export function runCheck({ now }: { now?: string }, out: Out): void {
  const config = readConfig();
  const { rules, texts, profiles, mistakes, reviews } = checkMappings(mappingsOf(config), momentOf(now));
  if (reviews.length > 0) out.line(formatMistakes(reviews));
  if (mistakes.length > 0) {
    out.line(formatMistakes(mistakes));
    throw new Failure(
      `${plural(mistakes.length, 'mistake')} in ${plural(new Set(mistakes.map(one => one.file)).size, 'file')}.`,
      EXIT.attention,
    );
  }
  const active = rules.files.filter(file => file.value.active).length;
  out.line(
    `${plural(rules.files.length, 'rule')}, ${active} of them active; ${plural(texts.files.length, 'text')}; ${plural(profiles, 'EHR profile')}; version ${policyOf(config).version}.`,
  );
  const late = reviews.filter(one => one.code !== 'due-soon').length;
  if (late > 0) throw new Failure(`${plural(late, 'text')} past the day of review.`, EXIT.attention);
  out.line('Nothing is wrong with them.');
}
