import { describe, expect, it } from 'vitest';
import { ANA, person } from '../support/chart.ts';
import { tasksIn } from '../support/in-chart.ts';
import type { Whole } from '../support/whole.ts';
import { wholes } from '../support/wholes.ts';

const openNext = wholes();
let whole: Whole;

async function asked(at: string) {
  whole = await openNext({ at, before: ({ store }) => store.create(person('ana', ANA)) });
  await whole.says(ANA, 'Can you call me?');
  await whole.settle();
  const [task] = await tasksIn(whole);
  return { said: (await whole.texts(ANA)).at(-1)?.body, due: task?.restriction?.period?.end };
}

const NIGHT_OF_A_HOLIDAY = '2026-11-27T03:09:00.000Z';

describe('an answer is promised for an hour at which somebody is there, and due then', () => {
  it('on the night of a holiday', async () => {
    const { said, due } = await asked(NIGHT_OF_A_HOLIDAY);
    expect(said).toContain('are closed now. Our front desk will answer by Fri, Nov 27, 10:00 AM.');
    expect(said).toContain('Emergency? Call 911');
    expect(due).toBe('2026-11-27T16:00:00.000Z');
  });

  it('shortly before closing', async () => {
    const { said, due } = await asked('2026-11-23T22:30:00.000Z');
    expect(said).toContain('we got your message. Our front desk will answer by Tue, Nov 24, 9:30 AM.');
    expect(due).toBe('2026-11-24T15:30:00.000Z');
  });
});
