import { beforeEach, describe, expect, it } from 'vitest';
import type { Instant } from '../../sync/domain/clock.ts';
import type { MessageState } from '../../sync/domain/plan/facts.ts';
import { minus, plus } from '../../sync/domain/time.ts';
import { batchOf, claim, inFlight, settle } from '../../sync/store/attempt.ts';
import { dueMessages, messageFactsOf, messagesByKey, pendingTogether } from '../../sync/store/find-messages.ts';
import { bumpGeneration } from '../../sync/store/patient.ts';
import { createMessages, endMessage, holdMessages, rewriteMessage } from '../../sync/store/planned-message.ts';
import { answersSince, sentTo } from '../../sync/store/sent-to.ts';
import { forget } from '../support/database.ts';
import { onEveryEngine } from '../support/engines.ts';
import { plannedMessage } from '../support/planned.ts';

const NOW: Instant = '2026-11-23T16:00:00.000Z';
const ADDRESS = '+13125550101';
const words = (batch: string, at = NOW) => ({ batch, channel: 'phone-sms', body: 'Hello', at });

onEveryEngine(engine => {
  beforeEach(() => forget(engine.database));

  const plan = (key: string, changes = {}) =>
    createMessages(engine.sql, [{ id: `id-${key}`, plan: plannedMessage(key, NOW, changes) }], NOW);
  const states = async (...keys: string[]) => (await messagesByKey(engine.sql, keys)).map(row => row.state);
  const end = (batch: string, from: MessageState[], state: MessageState, more = {}) =>
    settle(engine.sql, batch, from, { state, at: plus(NOW, 'PT1M'), ...more });

  it('lets keys collide: the first stands, whatever its state', async () => {
    await plan('a');
    await plan('a', { text: 'other' });
    expect((await messagesByKey(engine.sql, ['a']))[0]).toMatchObject({ text: 'reminder', state: 'planned' });
    await claim(engine.sql, ['a'], words('b'));
    await createMessages(engine.sql, [{ id: 'another-id', plan: plannedMessage('a', NOW) }], NOW);
    expect((await messagesByKey(engine.sql, ['a']))[0]).toMatchObject({
      text: 'reminder',
      state: 'sending',
      id: 'id-a',
    });
  });

  it('gives back to the planner what was planned, and nothing the table added', async () => {
    await plan('a');
    await holdMessages(engine.sql, ['a'], plus(NOW, 'PT1H'), 'quiet-hours');
    expect(await messageFactsOf(engine.sql, 'Patient/ana')).toEqual([
      { ...plannedMessage('a', NOW), state: 'planned', reason: 'quiet-hours' },
    ]);
  });

  it('claims all of a batch or says that it could not', async () => {
    await plan('a');
    await plan('b');
    await endMessage(engine.sql, ['b'], 'withdrawn', 'visit-cancelled', NOW);
    const half = engine.sql.transaction().execute(async sql => {
      if (!(await claim(sql, ['a', 'b'], words('x')))) throw new Error('Not all of it.');
    });
    await expect(half).rejects.toThrow('Not all');
    expect(await states('a', 'b')).toEqual(['planned', 'withdrawn']);
  });

  it('ends the attempt that is meant, and not the next one', async () => {
    await plan('a');
    await claim(engine.sql, ['a'], words('x'));
    await end('x', ['sending'], 'planned', { claimedAt: NOW });
    const later = plus(NOW, 'PT10M');
    await claim(engine.sql, ['a'], words('x', later));
    expect(await end('x', ['sending'], 'planned', { claimedAt: NOW })).toEqual([]);
    expect(await states('a')).toEqual(['sending']);
    expect(await end('x', ['sending'], 'sent', { claimedAt: later })).toHaveLength(1);
  });

  it('is claimed by one of two who want it at the same moment', async () => {
    await plan('a');
    const both = await Promise.all([claim(engine.sql, ['a'], words('x')), claim(engine.sql, ['a'], words('y'))]);
    expect(both.filter(Boolean)).toHaveLength(1);
  });

  describe('only what is still ours to change changes', () => {
    it.each<[MessageState, MessageState, MessageState, MessageState]>([
      // state, after a rewrite, after a withdrawal, after the provider took it
      ['planned', 'planned', 'withdrawn', 'planned'],
      ['withdrawn', 'planned', 'withdrawn', 'withdrawn'],
      ['expired', 'expired', 'expired', 'expired'],
      ['dropped', 'dropped', 'dropped', 'dropped'],
      ['sending', 'sending', 'sending', 'sent'],
      ['sent', 'sent', 'sent', 'sent'],
      ['delivered', 'delivered', 'delivered', 'delivered'],
      ['failed', 'failed', 'failed', 'failed'],
      ['unknown', 'unknown', 'unknown', 'unknown'],
    ])('%s', async (state, rewritten, withdrawn, settled) => {
      const fresh = async () => {
        await forget(engine.database);
        await plan('a');
        if (state !== 'planned') await engine.sql.updateTable('message').set({ state, batch: 'x' }).execute();
      };
      await fresh();
      await rewriteMessage(engine.sql, plannedMessage('a', NOW, { text: 'other' }), NOW);
      expect(await states('a')).toEqual([rewritten]);
      await fresh();
      await endMessage(engine.sql, ['a'], 'withdrawn', 'visit-cancelled', NOW);
      expect(await states('a')).toEqual([withdrawn]);
      await fresh();
      await end('x', ['sending'], 'sent', { providerId: 'p' });
      expect(await states('a')).toEqual([settled]);
    });
  });

  it('settles a batch as one, once', async () => {
    await plan('a');
    await plan('b');
    await claim(engine.sql, ['a', 'b'], words('x'));
    expect(await end('x', ['sending'], 'sent', { providerId: 'p' })).toHaveLength(2);
    expect(await end('x', ['sending'], 'failed', { reason: 'undeliverable' })).toEqual([]);
    expect((await batchOf(engine.sql, { channel: 'phone-sms', providerId: 'p' })).map(row => row.key)).toEqual([
      'a',
      'b',
    ]);
  });

  it('forgets an attempt that certainly did not leave', async () => {
    await plan('a');
    await claim(engine.sql, ['a'], words('x'));
    await end('x', ['sending'], 'planned', { reason: 'channel-down', dueAt: plus(NOW, 'PT5M') });
    expect(await sentTo(engine.sql, ADDRESS, minus(NOW, 'P7D'))).toEqual([]);
    const [row] = await messagesByKey(engine.sql, ['a']);
    expect([row?.state, row?.reason, row?.dueAt, row?.batch]).toEqual([
      'planned',
      'channel-down',
      plus(NOW, 'PT5M'),
      undefined,
    ]);
  });

  it('hands out what is due, soonest first, and nothing else', async () => {
    await plan('later', { sendAt: plus(NOW, 'PT1S') });
    await plan('b', { sendAt: minus(NOW, 'PT1M') });
    await plan('a');
    await plan('gone');
    await endMessage(engine.sql, ['gone'], 'dropped', 'opted-out', NOW);
    expect((await dueMessages(engine.sql, NOW, 10)).map(row => row.key)).toEqual(['b', 'a']);
    await holdMessages(engine.sql, ['b'], plus(NOW, 'PT1H'), 'daily-cap');
    expect((await dueMessages(engine.sql, NOW, 10)).map(row => row.key)).toEqual(['a']);
  });

  it('leaves out what a brake holds, but not what answers a patient', async () => {
    await plan('braked', { joinKey: 'j' });
    await plan('free', { joinKey: 'j', patient: 'Patient/ben' });
    await plan('answer', { rule: 'answering', purpose: 'answer' });
    await bumpGeneration(engine.sql, ['Patient/ana', 'Patient/ben']);
    await engine.sql.updateTable('patient').set({ brake: 1 }).where('reference', '=', 'Patient/ana').execute();
    expect((await dueMessages(engine.sql, NOW, 10)).map(row => row.key)).toEqual(['answer', 'free']);
    expect((await pendingTogether(engine.sql, 'free')).map(row => row.key)).toEqual(['free']);
    expect(await pendingTogether(engine.sql, 'braked')).toMatchObject([{ key: 'free' }]);
  });

  it('finds what is pending under one join key, and a message that joins nothing alone', async () => {
    for (const key of ['a', 'b', 'gone']) await plan(key, { joinKey: 'j' });
    await plan('other', { joinKey: 'k' });
    for (const key of ['alone', 'too']) await plan(key);
    await endMessage(engine.sql, ['gone'], 'withdrawn', 'visit-cancelled', NOW);
    const together = async (key: string) => (await pendingTogether(engine.sql, key)).map(row => row.key);
    expect(await together('a')).toEqual(['a', 'b']);
    expect(await together('alone')).toEqual(['alone']);
    expect(await together('nobody')).toEqual([]);
  });

  it('knows what was cut off before it was settled', async () => {
    for (const key of ['a', 'b', 'c']) await plan(key);
    await claim(engine.sql, ['a', 'b'], words('x'));
    await claim(engine.sql, ['c'], words('y', plus(NOW, 'PT5M')));
    expect(await inFlight(engine.sql, plus(NOW, 'PT2M'))).toEqual([{ batch: 'x', claimed_at: NOW }]);
  });

  describe('counting for the caps', () => {
    it('counts a batch once, at the moment it left', async () => {
      for (const key of ['a', 'b', 'c']) await plan(key);
      await claim(engine.sql, ['a', 'b'], words('x'));
      await claim(engine.sql, ['c'], words('y', plus(NOW, 'PT1H')));
      expect(await sentTo(engine.sql, ADDRESS, minus(NOW, 'P7D'))).toEqual([NOW, plus(NOW, 'PT1H')]);
    });

    it('counts what may have arrived, and not what failed, what is old, what is an answer, or what went elsewhere', async () => {
      const outcomes: [string, MessageState, object][] = [
        ['sending', 'sending', {}],
        ['unknown', 'unknown', {}],
        ['failed', 'failed', {}],
        ['answer', 'sent', { rule: 'answering', purpose: 'answer' }],
        ['elsewhere', 'sent', { address: '+13125550199' }],
      ];
      for (const [key, state, changes] of outcomes) {
        await plan(key, changes);
        await claim(engine.sql, [key], words(key));
        await end(key, ['sending'], state);
      }
      await plan('old');
      await claim(engine.sql, ['old'], words('old', minus(NOW, 'P9D')));
      expect(await sentTo(engine.sql, ADDRESS, minus(NOW, 'P8D'))).toEqual([NOW, NOW]);
      expect(await answersSince(engine.sql, ADDRESS, minus(NOW, 'PT1H'))).toBe(1);
    });
  });
});
