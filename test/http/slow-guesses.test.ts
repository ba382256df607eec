import express from 'express';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Instant } from '../../sync/domain/clock.ts';
import { plus } from '../../sync/domain/time.ts';
import { onceASecond } from '../../sync/http/once-a-second.ts';
import { MISTAKES_A_MINUTE, slowGuesses } from '../../sync/http/slow-guesses.ts';

const START: Instant = '2026-11-21T15:30:00.000Z';
let now: Instant;
beforeEach(() => {
  now = START;
});

describe('mistakes are counted by caller', () => {
  let tooMany: number;
  let guesses: ReturnType<typeof slowGuesses>;
  beforeEach(() => {
    tooMany = 0;
    const onTooMany = () => {
      tooMany += 1;
    };
    guesses = slowGuesses({ clock: () => now, onTooMany, answer: (_, response) => void response.end() });
  });

  /** How a mistake made from this address is answered: by whoever refuses it, or with 429 and how long to wait. */
  async function mistake(ip: string, times = 1): Promise<string> {
    let answered = '';
    for (let n = 0; n < times; n++) {
      const request: express.Request = Object.create(express.request, { ip: { value: ip } });
      const response: express.Response = Object.assign(Object.create(express.response), {
        status: () => response,
        set: (_: string, wait: string) => {
          answered = `429, ${wait} s`;
          return response;
        },
        end: () => response,
      });
      await guesses(request, response, () => {
        answered = 'refused';
      });
    }
    return answered;
  }

  it.each<[name: string, one: string, other: string, together: boolean]>([
    ['the same address', '192.0.2.1', '192.0.2.1', true],
    ['its neighbour', '192.0.2.1', '192.0.2.2', false],
    ['the same in the form of IPv6', '::ffff:192.0.2.1', '::ffff:192.0.2.1', true],
    ['its neighbour in that form', '::ffff:192.0.2.1', '::ffff:192.0.2.2', false],
    ['one household of IPv6', '2001:db8:0:1::1', '2001:db8:0:ff:a:b:c:d', true],
    ['the household beside it', '2001:db8:0:1::1', '2001:db8:0:100::1', false],
  ])('%s', async (_, one, other, together) => {
    expect(await mistake(one, MISTAKES_A_MINUTE)).toBe('refused');
    expect(await mistake(other)).toBe(together ? '429, 60 s' : 'refused');
  });

  it.each<[name: string, passes: string, answered: string]>([
    ['half a minute', 'PT30S', '429, 30 s'],
    ['nearly a minute', 'PT59.5S', '429, 1 s'],
    ['a minute', 'PT1M', 'refused'],
    ['the clock is put back by an hour', '-PT1H', 'refused'],
  ])('and forgiven in time: %s', async (_, passes, answered) => {
    await mistake('192.0.2.1', MISTAKES_A_MINUTE + 1);
    now = plus(now, passes);
    expect(await mistake('192.0.2.1')).toBe(answered);
  });

  it('once a minute somebody is told, not at each', async () => {
    await mistake('192.0.2.1', MISTAKES_A_MINUTE);
    expect(tooMany).toBe(0);
    await mistake('192.0.2.1', 20);
    expect(tooMany).toBe(1);
    now = plus(now, 'PT1M');
    await mistake('192.0.2.1', MISTAKES_A_MINUTE + 2);
    expect(tooMany).toBe(2);
  });

  it('of ten thousand at most: whoever was silent longest is forgotten first', async () => {
    await mistake('10.99.0.1', MISTAKES_A_MINUTE);
    await mistake('10.99.0.2', MISTAKES_A_MINUTE);
    for (let n = 0; n < 9_998; n++) await mistake(`10.0.${n >> 8}.${n & 255}`);
    expect(await mistake('10.99.0.1')).toBe('429, 60 s');
    await mistake('10.98.0.1');
    expect(await mistake('10.99.0.2')).toBe('refused');
    expect(await mistake('10.99.0.1')).toBe('429, 60 s');
  });
});

describe('once a second', () => {
  let done: number;
  let finish: (() => void)[];
  const ask = onceASecond(
    () => now,
    () =>
      new Promise<number>((resolve, reject) => {
        done += 1;
        const nth = done;
        finish.push(() => (nth === 2 ? reject(new Error('It fails.')) : resolve(nth)));
      }),
  );
  beforeEach(() => {
    done = 0;
    finish = [];
  });
  afterEach(() => {
    expect(finish).toEqual([]);
  });

  it('is done by one for all who ask meanwhile, anew when a second is over, and at once after a failure', async () => {
    const together = [ask(), ask(), ask()];
    // However long it takes: they wait for the one that is under way.
    now = plus(now, 'PT1M');
    together.push(ask());
    finish.splice(0).forEach(end => void end());
    expect(await Promise.all(together)).toEqual([1, 1, 1, 1]);
    now = plus(now, 'PT0.999S');
    expect(await ask()).toBe(1);
    now = plus(now, 'PT0.001S');
    const failing = [ask(), ask()];
    finish.splice(0).forEach(end => void end());
    expect((await Promise.allSettled(failing)).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    const again = ask();
    finish.splice(0).forEach(end => void end());
    expect(await again).toBe(3);
    now = plus(now, '-PT1H');
    const back = ask();
    finish.splice(0).forEach(end => void end());
    expect(await back).toBe(4);
  });
});
