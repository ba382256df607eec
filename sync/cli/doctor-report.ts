import { ConfigMistakes } from '../config.ts';
import { EXIT } from './exit-codes.ts';
import { Failure } from './failure.ts';
import { type Out, plural } from './print.ts';

export type Mark = 'ok' | 'warn' | 'fail';

/** What the doctor says, line by line. */
export interface Report {
  say: (mark: Mark, sentence: string, more?: string[]) => void;
  /** What a check came to; one that throws has failed, `todo` says what to do, and the next can still be made. */
  attempt: <T>(work: () => T | Promise<T>, todo: (error: unknown) => string) => Promise<T | undefined>;
  /** Throws a Failure by the worst mark. */
  end: () => void;
}

export function openReport(out: Out): Report {
  const marks: Mark[] = [];
  const say: Report['say'] = (mark, sentence, more = []) => {
    marks.push(mark);
    out.line(`${mark.padEnd(4)}  ${sentence}`);
    for (const line of more) out.line(`      ${line}`);
  };
  return {
    say,
    async attempt(work, todo) {
      try {
        return await work();
      } catch (error) {
        for (const sentence of sentencesOf(error)) say('fail', sentence, [`→ ${todo(error)}`]);
        return undefined;
      }
    },
    end() {
      const [failed = 0, warned = 0] = ['fail', 'warn'].map(mark => marks.filter(one => one === mark).length);
      out.line(`\n${plural(marks.length, 'check')}: ${failed} failed, ${plural(warned, 'warning')}.`);
      if (failed) throw new Failure('Something is broken; see the lines that begin with fail.');
      if (warned) throw new Failure('It works; see the lines that begin with warn.', EXIT.attention);
    },
  };
}

function sentencesOf(error: unknown): string[] {
  if (error instanceof ConfigMistakes) return error.sentences;
  return [error instanceof Error && error.message ? error.message : 'It failed for an unknown reason.'];
}
