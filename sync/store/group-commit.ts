/** Most rows of one INSERT: PostgreSQL takes 65,535 parameters, and nobody shall wait for somebody else's thousands. */
const MOST = 500;

interface Waiting<T> {
  rows: T[];
  done: PromiseWithResolvers<void>;
}

/**
 * Group commit. While one write is under way, what comes meanwhile waits and shares the next one; each caller is told
 * only once its own rows are durable, so nothing is promised earlier than it would be alone. One burst of a thousand
 * notifications costs a few commits instead of a thousand.
 *
 * A write that fails is tried again for each caller on its own: one row the database refuses is its own sender's affair.
 */
export function groupCommit<T>(write: (rows: T[]) => Promise<void>): (rows: T[]) => Promise<void> {
  let line: Waiting<T>[] = [];
  let writing = false;

  const alone = ({ rows, done }: Waiting<T>) => write(rows).then(done.resolve, done.reject);

  const together = async (group: Waiting<T>[]) => {
    const [first] = group;
    if (first && group.length === 1) return alone(first);
    const failed = await write(group.flatMap(({ rows }) => rows)).then(
      () => false,
      () => true,
    );
    if (failed) await Promise.all(group.map(alone));
    else for (const { done } of group) done.resolve();
  };

  const work = async () => {
    writing = true;
    while (line.length > 0) {
      const group = upTo(MOST, line);
      line = line.slice(group.length);
      await together(group);
    }
    writing = false;
  };

  return rows => {
    const done = Promise.withResolvers<void>();
    line.push({ rows, done });
    if (!writing) void work();
    return done.promise;
  };
}

/** The first of the line, and as many behind it as fit. */
function upTo<T>(most: number, line: Waiting<T>[]): Waiting<T>[] {
  let count = 0;
  const end = line.findIndex(({ rows }, i) => {
    count += rows.length;
    return i > 0 && count > most;
  });
  return end < 0 ? line : line.slice(0, end);
}
