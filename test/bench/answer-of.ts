import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { z } from 'zod';

/** The next message of a child process. Throws when it ends instead, so that nobody waits for the dead. */
export async function answerOf<T extends z.ZodType>(child: ChildProcess, schema: T): Promise<z.infer<T>> {
  const heard = new AbortController();
  const { signal } = heard;
  const ended = once(child, 'exit', { signal }).then(() => {
    throw new Error(`${child.spawnargs.at(-1)} ended before it answered.`);
  });
  try {
    const [message] = await Promise.race([once(child, 'message', { signal }), ended]);
    return schema.parse(message);
  } finally {
    heard.abort();
  }
}
