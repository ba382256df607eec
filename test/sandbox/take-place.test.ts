import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Listening, listen } from './listen.ts';
import { type Place, takePlace, type Wanted } from './take-place.ts';

let state: string;
let places: Place[];
const desk = (): void => undefined;
const take = async (wanted: Partial<Wanted> = {}): Promise<Place> => {
  const place = await takePlace({ state, deskPort: 0, servicePort: 0, fresh: false, ...wanted }, desk);
  places.push(place);
  return place;
};
const keep = (name: string): void => writeFileSync(join(state, name), 'kept');
const portOf = (listening: Listening): number => Number(new URL(listening.url).port);

beforeEach(() => {
  state = mkdtempSync(join(tmpdir(), 'demo-'));
  places = [];
});
afterEach(async () => {
  for (const place of places) await place.leave();
  rmSync(state, { recursive: true, maxRetries: 3 });
});

describe('the place of the demo', () => {
  it('keeps what the folder holds, and forgets it only when asked to', async () => {
    keep('clock.json');
    mkdirSync(join(state, 'ehr'));
    await (await take()).leave();
    places = [];
    expect(readdirSync(state).sort()).toEqual(['addresses.json', 'clock.json', 'ehr']);
    await take({ fresh: true });
    expect(readdirSync(state).filter(name => name !== 'forgotten')).toEqual(['addresses.json', 'in-use']);
  });

  it('is refused while another process has it, with its addresses, and nothing is touched', async () => {
    keep('clock.json');
    const other = spawn(process.execPath, ['-e', 'process.stdin.resume()'], { stdio: ['pipe', 'ignore', 'ignore'] });
    try {
      writeFileSync(join(state, 'in-use'), String(other.pid));
      const addresses = { desk: 'http://127.0.0.1:8090', service: 'http://127.0.0.1:8080' };
      writeFileSync(join(state, 'addresses.json'), JSON.stringify(addresses));
      await expect(take({ fresh: true })).rejects.toThrow(
        `The demo already runs, process ${other.pid}; its addresses are http://127.0.0.1:8090/desk and http://127.0.0.1:8080/phone.`,
      );
      expect(existsSync(join(state, 'clock.json'))).toBe(true);
    } finally {
      other.kill();
      await once(other, 'exit');
    }
  });

  it.each([
    ['deskPort', '--desk-port'],
    ['servicePort', '--port'],
  ] as const)('is refused when %s is another program’s, and nothing is touched', async (which, option) => {
    mkdirSync(join(state, 'ehr'));
    const other = await listen(desk);
    try {
      const sentence = `Port ${portOf(other)} is taken by another program. Choose another one: npm start -- ${option} `;
      await expect(take({ [which]: portOf(other), fresh: true })).rejects.toThrow(sentence);
      expect(readdirSync(state)).toEqual(['ehr']);
    } finally {
      await other.close();
    }
  });

  it('deletes nothing in a folder of something else', async () => {
    keep('thesis.odt');
    await expect(take({ fresh: true })).rejects.toThrow('holds something else than a demo');
    expect(readdirSync(state)).toEqual(['thesis.odt']);
  });

  it('is refused where nothing can be kept', async () => {
    keep('file');
    await expect(take({ state: join(state, 'file', 'state') })).rejects.toThrow('part of its path is a file');
  });
});
