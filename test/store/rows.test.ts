import { beforeEach, describe, expect, it } from 'vitest';
import type { Instant } from '../../sync/domain/clock.ts';
import { minus, plus } from '../../sync/domain/time.ts';
import { isPaused, setPaused } from '../../sync/store/control.ts';
import { cursorOf, moveCursor, setBaseline } from '../../sync/store/cursor.ts';
import { recordInbound, unhandledInbound } from '../../sync/store/inbound.ts';
import { takeLease } from '../../sync/store/lease.ts';
import { nextMoment } from '../../sync/store/next-moment.ts';
import { addHints, dropHints, hints, hintsLater } from '../../sync/store/notification.ts';
import { lift, stop, stopsAt } from '../../sync/store/opt-out.ts';
import { bumpGeneration, peopleAt, planned, putAddresses, stalePatients } from '../../sync/store/patient.ts';
import { createMessages, rewriteMessage } from '../../sync/store/planned-message.ts';
import { backlogSize, published, publishLater, unpublished } from '../../sync/store/publication.ts';
import { putQuestion, questionFor, takeQuestion } from '../../sync/store/question.ts';
import { closeTask, openTasks, tasksOf } from '../../sync/store/task.ts';
import { forget } from '../support/database.ts';
import { onEveryEngine } from '../support/engines.ts';
import { plannedMessage, plannedTask } from '../support/planned.ts';

const NOW: Instant = '2026-11-23T16:00:00.000Z';
const ANA = 'Patient/ana';
const NUMBER = '+13125550101';

onEveryEngine(engine => {
  beforeEach(() => forget(engine.database));

  describe('generations', () => {
    it('shows a patient as stale from the first fact until that very state was planned', async () => {
      await bumpGeneration(engine.sql, [ANA, ANA]);
      expect(await stalePatients(engine.sql, NOW, 10)).toEqual([ANA]);
      await planned(engine.sql, [{ reference: ANA, generation: 1, lookAgainAt: null }]);
      expect(await stalePatients(engine.sql, NOW, 10)).toEqual([]);
      await bumpGeneration(engine.sql, [ANA]);
      // Planned from what was known before the second fact came: old eyes.
      await planned(engine.sql, [{ reference: ANA, generation: 1, lookAgainAt: null }]);
      expect(await stalePatients(engine.sql, NOW, 10)).toEqual([ANA]);
    });

    it('comes back at the named moment, unless a brake holds it', async () => {
      await bumpGeneration(engine.sql, [ANA]);
      await planned(engine.sql, [{ reference: ANA, generation: 1, lookAgainAt: plus(NOW, 'PT1H') }]);
      expect(await stalePatients(engine.sql, NOW, 10)).toEqual([]);
      expect(await nextMoment(engine.sql, NOW)).toBe(plus(NOW, 'PT1H'));
      expect(await stalePatients(engine.sql, plus(NOW, 'PT1H'), 10)).toEqual([ANA]);
      await engine.sql.updateTable('patient').set({ brake: 1 }).execute();
      expect(await stalePatients(engine.sql, plus(NOW, 'PT1H'), 10)).toEqual([]);
    });

    it('loses no bump to another at the same time', async () => {
      await bumpGeneration(engine.sql, [ANA]);
      const others = ['Patient/b', 'Patient/a', ANA];
      await Promise.all(
        Array.from({ length: 6 }, (_, i) => bumpGeneration(engine.sql, i % 2 ? others : others.toReversed())),
      );
      const row = await engine.sql.selectFrom('patient').selectAll().where('reference', '=', ANA).executeTakeFirst();
      expect(row?.generation).toBe(7);
    });
  });

  describe('leases', () => {
    const take = (holder: string, at: Instant) => takeLease(engine.sql, 'poll', holder, at, plus(at, 'PT10M'));

    it('belongs to one until it lapses, and the holder may renew it', async () => {
      expect(await take('one', NOW)).toBe(true);
      expect(await take('two', plus(NOW, 'PT9M'))).toBe(false);
      expect(await take('one', plus(NOW, 'PT9M'))).toBe(true);
      expect(await take('two', plus(NOW, 'PT18M'))).toBe(false);
      expect(await take('two', plus(NOW, 'PT19M'))).toBe(true);
      expect(await take('one', plus(NOW, 'PT19M'))).toBe(false);
    });

    it('goes to one of many who ask at once', async () => {
      const answers = await Promise.all(['a', 'b', 'c', 'd'].map(holder => take(holder, NOW)));
      expect(answers.filter(Boolean)).toHaveLength(1);
    });
  });

  it('drops only the hints that were seen', async () => {
    await addHints(engine.sql, [{ connection: 'ehr', type: 'Appointment', id: '1' }, { connection: 'ehr' }], NOW);
    const seen = await hints(engine.sql, NOW, 100);
    await addHints(engine.sql, [{ connection: 'ehr', type: 'Appointment', id: '1' }], NOW);
    await dropHints(
      engine.sql,
      seen.map(row => row.id),
    );
    expect((await hints(engine.sql, NOW, 100)).map(row => [row.type, row.resource_id])).toEqual([['Appointment', '1']]);
  });

  it('waits longer each time with a hint that could not be looked into, and lets the others pass', async () => {
    await addHints(
      engine.sql,
      ['1', '2'].map(id => ({ connection: 'ehr', type: 'Appointment', id })),
      NOW,
    );
    const [first] = await hints(engine.sql, NOW, 1);
    const waits: number[] = [];
    for (let at = NOW; waits.length < 9; ) {
      await hintsLater(engine.sql, [first?.id ?? 0], at);
      expect((await hints(engine.sql, at, 100)).map(row => row.resource_id)).toEqual(['2']);
      const next = await nextMoment(engine.sql, at);
      waits.push((Date.parse(next ?? '') - Date.parse(at)) / 1000);
      at = next ?? at;
    }
    expect(waits).toEqual([5, 10, 20, 40, 80, 160, 320, 640, 900]);
  });

  describe('the backlog of the chart', () => {
    const key = 'a';
    const waiting = async (at = NOW) => (await unpublished(engine.sql, 'message', at, 10))[0];

    it('keeps a change that came while the one before was being written', async () => {
      await createMessages(engine.sql, [{ id: 'id', plan: plannedMessage(key, NOW) }], NOW);
      const row = await waiting();
      if (!row) throw new Error('A new message is not in the backlog.');
      await rewriteMessage(engine.sql, plannedMessage(key, NOW, { text: 'other' }), NOW);
      await published(engine.sql, 'message', row, { ehrReference: 'CommunicationRequest/1' });
      expect((await waiting())?.revision).toBe(2);
      await published(engine.sql, 'message', { ...row, revision: 2 }, {});
      expect(await waiting()).toBeUndefined();
      expect(await backlogSize(engine.sql)).toEqual({ message: 0, task: 0, inbound: 0 });
    });

    it('waits longer after each refusal, and never for ever', async () => {
      await createMessages(engine.sql, [{ id: 'id', plan: plannedMessage(key, NOW) }], NOW);
      const waits: number[] = [];
      for (let at = NOW; waits.length < 10; ) {
        const row = await waiting(at);
        if (!row) throw new Error('It left the backlog.');
        await publishLater(engine.sql, 'message', row, at);
        const { publish_after } = await engine.sql
          .selectFrom('message')
          .select('publish_after')
          .executeTakeFirstOrThrow();
        waits.push((Date.parse(publish_after ?? '') - Date.parse(at)) / 1000);
        at = publish_after ?? at;
      }
      expect(waits).toEqual([5, 10, 20, 40, 80, 160, 320, 640, 900, 900]);
    });
  });

  describe('Tasks', () => {
    it('opens again, but never one that a person has finished', async () => {
      const task = plannedTask('t', NOW);
      await openTasks(engine.sql, [{ id: 'id', plan: task }], NOW);
      await closeTask(engine.sql, 't', 'withdrawn', 'visit-cancelled', NOW);
      await openTasks(engine.sql, [{ id: 'id2', plan: { ...task, says: 'Call her again.' } }], NOW);
      expect(await tasksOf(engine.sql, ANA)).toMatchObject([{ id: 'id', state: 'open', says: 'Call her again.' }]);
      await closeTask(engine.sql, 't', 'done', null, NOW);
      await openTasks(engine.sql, [{ id: 'id3', plan: task }], NOW);
      await closeTask(engine.sql, 't', 'withdrawn', 'visit-cancelled', NOW);
      expect(await tasksOf(engine.sql, ANA)).toMatchObject([{ state: 'done', says: 'Call her again.' }]);
    });
  });

  describe('opt-outs', () => {
    const stopped = async () => (await stopsAt(engine.sql, [NUMBER])).map(({ medium, kind }) => `${medium} ${kind}`);

    it('START lifts a stop of that medium, and nothing else', async () => {
      const one = { address: NUMBER, at: NOW, source: 'inbound/1' };
      await stop(engine.sql, { ...one, medium: 'sms', kind: 'opted-out' });
      await stop(engine.sql, { ...one, medium: 'sms', kind: 'wrong-number' });
      await stop(engine.sql, { ...one, medium: 'email', kind: 'opted-out' });
      await lift(engine.sql, NUMBER, 'sms', NOW);
      expect((await stopped()).sort()).toEqual(['email opted-out', 'sms wrong-number']);
    });

    it('a stop after START stops again', async () => {
      const one = { address: NUMBER, medium: 'sms', kind: 'opted-out', at: NOW, source: 'inbound/1' } as const;
      await stop(engine.sql, one);
      await lift(engine.sql, NUMBER, 'sms', NOW);
      expect(await stopped()).toEqual([]);
      await stop(engine.sql, one);
      expect(await stopped()).toEqual(['sms opted-out']);
    });
  });

  it('takes the same message of a provider in once', async () => {
    const row = { channel: 'twilio', providerId: 'SM1', medium: 'sms', from: NUMBER, to: '+1', body: 'C' } as const;
    const inbound = (id: string) => recordInbound(engine.sql, { ...row, id, attachments: [], receivedAt: NOW }, NOW);
    expect([await inbound('1'), await inbound('2')]).toEqual([true, false]);
    expect(await unhandledInbound(engine.sql, 10)).toEqual(['1']);
  });

  it('says who came to an address and who went', async () => {
    const ana = (...addresses: string[]) => ({ patient: ANA, person: ANA, addresses });
    const forBen = (...addresses: string[]) => ({ patient: 'Patient/ben', person: 'RelatedPerson/ana', addresses });
    expect(await putAddresses(engine.sql, [])).toEqual([]);
    expect(await putAddresses(engine.sql, [ana(NUMBER, 'a@example.org', NUMBER)])).toEqual([NUMBER, 'a@example.org']);
    const both = [ana('a@example.org', 'b@example.org'), forBen('b@example.org', 'c@example.org')];
    expect((await putAddresses(engine.sql, both)).sort()).toEqual([
      NUMBER,
      'b@example.org',
      'b@example.org',
      'c@example.org',
    ]);
    expect(await putAddresses(engine.sql, both)).toEqual([]);
    // Of one household, only the people named give up an address.
    const mother = { patient: ANA, person: 'RelatedPerson/mother', addresses: [NUMBER] };
    await putAddresses(engine.sql, [mother]);
    await putAddresses(engine.sql, [ana('b@example.org')]);
    expect((await peopleAt(engine.sql, [NUMBER])).map(row => row.person)).toEqual(['RelatedPerson/mother']);
    expect((await peopleAt(engine.sql, ['b@example.org'])).map(row => row.patient)).toEqual([ANA, 'Patient/ben']);
  });

  it('keeps one question an address, for a while', async () => {
    await putQuestion(engine.sql, NUMBER, { options: [1] }, NOW);
    await putQuestion(engine.sql, NUMBER, { options: [2] }, plus(NOW, 'PT1H'));
    expect(await questionFor(engine.sql, NUMBER, NOW)).toEqual({ options: [2] });
    expect(await questionFor(engine.sql, NUMBER, plus(NOW, 'PT2H'))).toBeUndefined();
    await takeQuestion(engine.sql, NUMBER);
    expect(await questionFor(engine.sql, NUMBER, minus(NOW, 'P1D'))).toBeUndefined();
  });

  it('remembers the first complete read, and that sending is paused', async () => {
    await moveCursor(engine.sql, 'ehr', 'Patient', { since: NOW }, NOW);
    expect((await cursorOf(engine.sql, 'ehr', 'Patient'))?.baseline_at).toBeNull();
    await setBaseline(engine.sql, 'ehr', 'Patient', NOW);
    await setBaseline(engine.sql, 'ehr', 'Patient', plus(NOW, 'P1D'));
    await moveCursor(engine.sql, 'ehr', 'Patient', null, plus(NOW, 'P1D'));
    expect(await cursorOf(engine.sql, 'ehr', 'Patient')).toMatchObject({ baseline_at: NOW, position: null });
    expect(await isPaused(engine.sql)).toBe(false);
    await setPaused(engine.sql, true, 'operator', NOW);
    expect(await isPaused(engine.sql)).toBe(true);
    await setPaused(engine.sql, false, 'operator', NOW);
    expect(await isPaused(engine.sql)).toBe(false);
  });
});
