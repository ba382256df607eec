import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { type Order, type Sight, Told } from './child-orders.ts';

const PROGRAM = join(import.meta.dirname, 'service-child.ts');
/** Where Node keeps what it has compiled: half of a start. */
const COMPILED = 'node_modules/.cache/loopkeeper/compiled';
const PATIENCE_MS = 60_000;

/** A service in a process of its own. */
export interface ServiceProcess {
  pid: number;
  /** What the one before it has left. */
  saw: Promise<Sight>;
  /** Resolves when its doors are open; rejects with why it did not start, or that it died. */
  up: Promise<void>;
  /** Resolves when it is done; also when the process ends before. */
  told(does: Order['does']): Promise<void>;
  /** The system ends it where it stands, and nothing of it runs any more when this resolves. */
  kill(): Promise<void>;
}

export function startService(env: Record<string, string>): ServiceProcess {
  const child = fork(PROGRAM, [], {
    env: { NODE_COMPILE_CACHE: COMPILED, ...env },
    execArgv: [],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const ended = once(child, 'exit');
  const saw = first(child, told => ('saw' in told ? told.saw : undefined));
  const up = first(child, told => ('up' in told ? true : undefined)).then(() => undefined);
  // Who kills it in the middle of its start waits for neither.
  for (const one of [saw, up]) one.catch(() => undefined);
  return {
    pid: child.pid ?? 0,
    saw,
    up,
    async told(does) {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const done = first(child, told => ('done' in told && told.done === does ? true : undefined)).catch(
        () => undefined,
      );
      child.send({ does } satisfies Order, () => undefined);
      await done;
    },
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

/** The first thing it tells that `pick` finds what it wants in. */
function first<T>(child: ChildProcess, pick: (told: Told) => T | undefined): Promise<T> {
  return new Promise((resolve, reject) => {
    const fail = (why: string) => {
      stop();
      reject(new Error(why));
    };
    const hear = (message: unknown) => {
      const told = Told.parse(message);
      const found = pick(told);
      if (found !== undefined) {
        stop();
        resolve(found);
      } else if ('failed' in told) fail(told.failed);
    };
    const died = () => fail('The service died.');
    const timer = setTimeout(fail, PATIENCE_MS, 'The service did not answer.');
    const stop = () => {
      clearTimeout(timer);
      child.off('message', hear).off('exit', died);
    };
    child.on('message', hear).once('exit', died);
  });
}
