import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** The wire to a server, which a test can cut, freeze and slow down; each gives what ends it. */
export interface Line {
  /** The same server, reached through the line. */
  through(address: string): string;
  /** What is open breaks, and nothing new comes through. */
  cut(): () => Promise<void>;
  /** What is open hears nothing any more, and is told nothing of it; what is new comes through. */
  freeze(): () => Promise<void>;
  /** So much later in either direction, in milliseconds. */
  slow(ms: number): () => Promise<void>;
  stop(): Promise<void>;
}

export async function openLine(to: URL): Promise<Line> {
  let isCut = false;
  let ms = 0;
  const open = new Set<Socket>();
  const server = createServer(near => {
    if (isCut) return void near.resetAndDestroy();
    const far = connect(Number(to.port || 5432), to.hostname);
    carry(near, far, () => ms);
    carry(far, near, () => ms);
    for (const end of [near, far]) open.add(end.on('close', () => open.delete(end)));
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  return {
    through(address) {
      const url = new URL(address);
      url.host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
      return url.href;
    },
    cut() {
      isCut = true;
      for (const end of open) end.resetAndDestroy();
      return async () => {
        isCut = false;
      };
    },
    freeze() {
      for (const end of open) end.removeAllListeners('data').removeAllListeners('end').resume();
      return async () => undefined;
    },
    slow(delay) {
      ms = delay;
      return async () => {
        ms = 0;
      };
    },
    async stop() {
      for (const end of open) end.destroy();
      await new Promise(resolve => server.close(resolve));
    },
  };
}

function carry(from: Socket, to: Socket, ms: () => number): void {
  let last = Promise.resolve();
  from.on('data', data => {
    const waited = sleep(ms());
    // In the order in which it came, also while the delay changes.
    last = Promise.all([last, waited]).then(() => void to.write(data));
  });
  from.on('end', () => void last.then(() => to.end()));
  // To be cut off is what is tested.
  from.on('error', () => to.destroy()).on('close', () => to.destroy());
}
