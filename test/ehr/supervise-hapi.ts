import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startHapi } from '../hapi/hapi.ts';
import { listen } from '../sandbox/listen.ts';

/**
 * A HAPI that is started again, at the same address and with the same rows, whenever it ends: as the one who runs it would.
 * Then a test may kill it. Its process is named in `pidFile`.
 */
export async function superviseHapi(folder: string) {
  const pidFile = join(folder, 'pid');
  // Without the delay H2 has on disk what it has acknowledged.
  const jdbc =
    process.env.LOOPKEEPER_TEST_HAPI_JDBC ??
    `jdbc:h2:file:${join(folder, 'rows')};WRITE_DELAY=0;DB_CLOSE_ON_EXIT=FALSE`;
  const port = await freePort();
  let stopping = false;
  const start = async () => {
    const hapi = await startHapi({ port, jdbc, intervalMs: 250 });
    writeFileSync(pidFile, String(hapi.pid));
    return hapi;
  };
  let running = start();
  const keepUp = async (): Promise<void> => {
    await (await running).ended;
    if (stopping) return;
    running = start();
    await keepUp();
  };
  const { baseUrl } = await running;
  const done = keepUp();
  const stop = async () => {
    stopping = true;
    await (await running).stop();
    await done;
  };
  return { baseUrl, pidFile, stop };
}

async function freePort(): Promise<number> {
  const listening = await listen(() => undefined);
  await listening.close();
  return Number(new URL(listening.url).port);
}
