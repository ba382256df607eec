import { describe, expect, it } from 'vitest';
import { oneBehindAnother } from '../../sync/reconcile/jobs.ts';

/** A queue that takes a request only when the test lets it. */
function slowQueue() {
  const sent: string[] = [];
  const waiting: (() => void)[] = [];
  return {
    sent,
    ask: oneBehindAnother((work, subject) => {
      sent.push(`${work} ${subject}`);
      return new Promise(resolve => waiting.push(resolve));
    }),
    takeOne: () => waiting.shift()?.(),
  };
}

describe('asking for work', () => {
  it('sends one more for all that asked while the first was on its way', async () => {
    const { ask, sent, takeOne } = slowQueue();
    const first = ask('observe', 'ehr');
    const later = [ask('observe', 'ehr'), ask('observe', 'ehr'), ask('observe', 'ehr')];
    expect(sent).toHaveLength(1);
    takeOne();
    await first;
    await expect.poll(() => sent.length).toBe(2);
    takeOne();
    await Promise.all(later);
    expect(sent).toHaveLength(2);
  });

  it('asks again once nothing is on its way', async () => {
    const { ask, sent, takeOne } = slowQueue();
    for (let i = 0; i < 3; i += 1) {
      const asked = ask('observe', 'ehr');
      takeOne();
      await asked;
    }
    expect(sent).toHaveLength(3);
  });

  it('keeps subjects and kinds of work apart', () => {
    const { ask, sent } = slowQueue();
    void ask('deliver', 'Patient/ana');
    void ask('deliver', 'Patient/ben');
    void ask('answer', 'Patient/ana');
    expect(sent).toEqual(['deliver Patient/ana', 'deliver Patient/ben', 'answer Patient/ana']);
  });
});
