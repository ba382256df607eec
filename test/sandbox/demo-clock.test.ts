import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDemoClock } from './demo-clock.ts';

const base = (): string => '2026-11-21T15:30:00.000Z';
const HOUR = 3_600_000;
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'demo-clock-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('the demo clock', () => {
  it('shows its base until it is pushed, and then runs ahead of it', () => {
    const clock = openDemoClock({ base });
    expect(clock.now()).toBe(base());
    expect(clock.advance(HOUR)).toBe('2026-11-21T16:30:00.000Z');
    expect([clock.now(), clock.offsetMs()]).toEqual(['2026-11-21T16:30:00.000Z', HOUR]);
  });

  it('moves on with its base', () => {
    let at = base();
    const clock = openDemoClock({ base: () => at });
    clock.advance(HOUR);
    at = '2026-11-21T15:31:00.000Z';
    expect(clock.now()).toBe('2026-11-21T16:31:00.000Z');
  });

  it('remembers how far it was pushed', () => {
    const file = join(folder, 'clock.json');
    openDemoClock({ file, base }).advance(HOUR);
    openDemoClock({ file, base }).advance(HOUR);
    expect(openDemoClock({ file, base }).now()).toBe('2026-11-21T17:30:00.000Z');
  });

  it('will not start from a file it cannot read', () => {
    const file = join(folder, 'clock.json');
    writeFileSync(file, '{"offsetMs":-5}');
    expect(() => openDemoClock({ file, base })).toThrow();
  });

  it('tells its listeners the new now', () => {
    const clock = openDemoClock({ base });
    const heard: string[] = [];
    clock.onAdvance(now => heard.push(now));
    clock.advance(HOUR);
    expect(heard).toEqual(['2026-11-21T16:30:00.000Z']);
  });

  it.each([0, -1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, Number.MAX_SAFE_INTEGER])(
    'refuses to be pushed by %s',
    ms => {
      const clock = openDemoClock({ base });
      expect(() => clock.advance(ms)).toThrow(RangeError);
      expect(clock.now()).toBe(base());
    },
  );
});
