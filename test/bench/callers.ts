import { fork } from 'node:child_process';
import { z } from 'zod';
import { answerOf } from './answer-of.ts';
import { SECRET } from './service.ts';

export const Order = z.object({ url: z.string(), path: z.string(), ms: z.number(), secret: z.string() });
export const Answer = z.object({ calls: z.number(), refused: z.number(), ms: z.number() });

export interface Callers {
  /** Calls `path` on all lines for so long, each time about another visit. Returns calls a second; throws when any was refused. */
  call(url: string, path: string, ms: number): Promise<number>;
  stop(): void;
}

/** Senders of notifications, in a process of their own: what they cost is not the service's. */
export function openCallers(): Callers {
  const child = fork(new URL('./callers-child.ts', import.meta.url));
  return {
    async call(url, path, ms) {
      child.send({ url, path, ms, secret: SECRET } satisfies z.infer<typeof Order>);
      const answer = await answerOf(child, Answer);
      if (answer.refused > 0) throw new Error(`${answer.refused} of ${answer.calls} calls to ${path} were refused.`);
      return answer.calls / (answer.ms / 1000);
    },
    stop: () => void child.kill(),
  };
}
