import { fork } from 'node:child_process';
import { z } from 'zod';
import { answerOf } from './answer-of.ts';
import { SECRET } from './service.ts';

/** Each call tells of another visit: of new ones for so many milliseconds, or of the first visits of some patients. */
const About = z.union([
  z.object({ ms: z.number() }),
  z.object({ patients: z.object({ from: z.number(), count: z.number() }), perSecond: z.number().optional() }),
]);
type About = z.infer<typeof About>;
export const Order = z.object({ url: z.string(), path: z.string(), secret: z.string(), about: About });
export const Answer = z.object({ calls: z.number(), refused: z.number(), ms: z.number() });

export interface Callers {
  /** Calls `path` on all lines. Returns calls a second; throws when any was refused. */
  call(url: string, path: string, about: About): Promise<number>;
  stop(): void;
}

/** Senders of notifications, in a process of their own: what they cost is not the service's. */
export function openCallers(): Callers {
  const child = fork(new URL('./callers-child.ts', import.meta.url));
  return {
    async call(url, path, about) {
      child.send({ url, path, about, secret: SECRET } satisfies z.infer<typeof Order>);
      const answer = await answerOf(child, Answer);
      if (answer.refused > 0) throw new Error(`${answer.refused} of ${answer.calls} calls to ${path} were refused.`);
      return answer.calls / (answer.ms / 1000);
    },
    stop: () => void child.kill(),
  };
}
