import { expect, test } from 'vitest';
import { Timers } from './timers.ts';

/** A clock in seconds, and a real scheduler of which the test is the hardware. */
function bench() {
  let seconds = 0;
  const clock = () => new Date(seconds * 1000).toISOString();
  const armed: { run: () => void; ms: number; cancelled: boolean }[] = [];
  const schedule = (run: () => void, ms: number) => {
    const entry = { run, ms, cancelled: false };
    armed.push(entry);
    return () => {
      entry.cancelled = true;
    };
  };
  const to = (second: number) => {
    seconds = second;
  };
  return { clock, schedule, armed, to };
}

test('without a real schedule things happen in the order of their time, when asked for', () => {
  const { clock, to } = bench();
  const timers = new Timers(clock, undefined);
  const done: string[] = [];
  timers.after(2_000, () => done.push('two'));
  timers.after(1_000, () => done.push('one'));
  timers.after(9_000, () => done.push('nine'));
  timers.after(1_000, () => done.push('called off'))();
  timers.runDue();
  expect(done).toEqual([]);
  to(3);
  timers.runDue();
  timers.runDue();
  expect(done).toEqual(['one', 'two']);
});

test('a real timer that fires too early waits for the rest, and one that fires in time runs once', () => {
  const { clock, schedule, armed, to } = bench();
  const timers = new Timers(clock, schedule);
  let runs = 0;
  timers.after(5_000, () => {
    runs += 1;
  });
  to(4);
  armed[0]?.run();
  expect([runs, armed.map(({ ms }) => ms)]).toEqual([0, [5_000, 1_000]]);
  to(5);
  armed[1]?.run();
  timers.runDue();
  expect([runs, armed.length]).toEqual([1, 2]);
});

test('stop calls everything off', () => {
  const { clock, schedule, armed, to } = bench();
  const timers = new Timers(clock, schedule);
  timers.after(1_000, () => expect.unreachable());
  timers.stop();
  to(2);
  timers.runDue();
  expect(armed.map(({ cancelled }) => cancelled)).toEqual([true]);
});
