import { randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import type { RequestListener } from 'node:http';
import { join } from 'node:path';
import { z } from 'zod';
import { DatabaseInUse, LOCK_FILE, lockFolder } from '../../sync/store/folder-lock.ts';
import { makeFolder } from '../../sync/store/make-folder.ts';
import { type Listening, listen } from './listen.ts';

export interface Wanted {
  state: string;
  /** 0 lets the system choose. */
  deskPort: number;
  servicePort: number;
  /** Forget everything that the folder holds; not before all else is sure. */
  fresh: boolean;
}

/** A folder and two ports that are this process's own. */
export interface Place {
  office: Listening;
  servicePort: number;
  leave(): Promise<void>;
}

const FORGOTTEN = 'forgotten';
const ADDRESSES = 'addresses.json';
const Addresses = z.object({ desk: z.string(), service: z.string() });

/**
 * Takes the folder, then the ports, and only then touches what the folder holds. Throws a sentence when the demo runs
 * already, when a port is another program's, or when the folder cannot be written.
 */
export async function takePlace(wanted: Wanted, desk: RequestListener): Promise<Place> {
  const { state, fresh } = wanted;
  makeFolder(state);
  if (fresh) mustBeOfADemo(state);
  const unlock = lockState(state);
  const office = await take(desk, wanted.deskPort, '--desk-port').catch(giveBack(unlock));
  // The service listens for itself, so this port is only tried.
  const tried = await take(desk, wanted.servicePort, '--port').catch(giveBack(unlock, office));
  await tried.close();
  if (fresh) forget(state);
  writeFileSync(join(state, ADDRESSES), JSON.stringify({ desk: office.url, service: tried.url }));
  return {
    office,
    servicePort: portOf(tried),
    async leave() {
      await office.close();
      unlock();
    },
  };
}

/** LOOPKEEPER_STATE may name a folder of something else. */
function mustBeOfADemo(state: string): void {
  const held = readdirSync(state).filter(name => name !== LOCK_FILE);
  if (held.length === 0 || held.some(name => name === ADDRESSES || name === 'ehr')) return;
  throw new Error(`The folder ${state} holds something else than a demo, so nothing in it is deleted.`);
}

/** Out of the way at once, and deleted while the demo starts: an old database is a thousand files, and takes seconds. */
function forget(state: string): void {
  const old = join(state, FORGOTTEN);
  const heap = join(old, randomUUID());
  mkdirSync(heap, { recursive: true });
  for (const name of readdirSync(state))
    if (name !== LOCK_FILE && name !== FORGOTTEN) renameSync(join(state, name), join(heap, name));
  void rm(old, { recursive: true, force: true }).catch(() => undefined);
}

function lockState(state: string): () => void {
  try {
    return lockFolder(state);
  } catch (error) {
    const running = error instanceof DatabaseInUse ? addressesIn(state) : undefined;
    if (!(error instanceof DatabaseInUse) || !running) throw error;
    throw new Error(
      `The demo already runs, process ${error.pid}; its addresses are ${running.desk}/desk and ${running.service}/phone. Stop it with Ctrl-C, or: kill ${error.pid}`,
    );
  }
}

function addressesIn(state: string): z.infer<typeof Addresses> | undefined {
  try {
    return Addresses.parse(JSON.parse(readFileSync(join(state, ADDRESSES), 'utf8')));
  } catch {
    return undefined;
  }
}

async function take(handler: RequestListener, port: number, option: string): Promise<Listening> {
  try {
    return await listen(handler, port);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code !== 'EADDRINUSE' && code !== 'EACCES') throw error;
    const why = code === 'EACCES' ? 'may not be used by this user' : 'is taken by another program';
    throw new Error(
      `Port ${port} ${why}. Choose another one: npm start -- ${option} ${port > 60_000 ? port - 100 : port + 100}`,
    );
  }
}

const giveBack =
  (unlock: () => void, office?: Listening) =>
  async (error: unknown): Promise<never> => {
    await office?.close();
    unlock();
    throw error;
  };

const portOf = ({ url }: Listening): number => Number(new URL(url).port);
