import { sql as raw } from 'kysely';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Instant } from '../../sync/domain/clock.ts';
import type { ReplyFact } from '../../sync/domain/plan/facts.ts';
import { plus } from '../../sync/domain/time.ts';
import type { Sql } from '../../sync/store/database.ts';
import { handled, lockTurn, nextInLine, recordInbound, type Turn, unhandledInbound } from '../../sync/store/inbound.ts';
import { addReply, overtakenBy, repliesOf, visitsAnswered } from '../../sync/store/reply.ts';
import { forget } from '../support/database.ts';
import { onEveryEngine } from '../support/engines.ts';

const NOW: Instant = '2026-11-23T16:00:00.000Z';
const ANA = 'Patient/ana';
const NUMBER = '+13125550101';
const START = '2026-11-25T17:00:00.000Z';

onEveryEngine(engine => {
  beforeEach(() => forget(engine.database));

  interface Heard {
    from?: string;
    medium?: 'sms' | 'email';
    received?: Instant;
    recorded?: Instant;
  }
  const hear = (id: string, { from = NUMBER, medium = 'sms', received = NOW, recorded = NOW }: Heard = {}) => {
    const row = { id, channel: 'twilio', providerId: id, medium, from, to: '+1', body: 'C', attachments: [] };
    return recordInbound(engine.sql, { ...row, receivedAt: received }, recorded);
  };
  const next = async (id: string) => (await nextInLine(engine.sql, id))?.id;
  const done = (id: string) => handled(engine.sql, id, [], 'confirm', NOW);

  describe('one address is heard in the order in which it wrote', () => {
    it('by when it was received, then by when it was stored, then by name', async () => {
      await hear('d', { received: plus(NOW, 'PT1M') });
      await hear('c', { recorded: plus(NOW, 'PT1S') });
      await hear('b');
      await hear('a');
      const order: (string | undefined)[] = [];
      for (let id = await next('d'); id; id = await next('d')) {
        order.push(id);
        await done(id);
      }
      expect(order).toEqual(['a', 'b', 'c', 'd']);
      expect(await unhandledInbound(engine.sql, 10)).toEqual([]);
    });

    it('what came later keeps nothing waiting, and neither does another address or medium', async () => {
      await hear('later', { received: plus(NOW, 'PT1M') });
      await hear('b');
      await hear('a', { from: '+13125550102' });
      await hear('0', { medium: 'email' });
      expect(await next('b')).toBe('b');
      await done('b');
      expect(await next('b')).toBeUndefined();
    });

    /** For the lock; on one connection the other has not even asked, and nothing is waited for. */
    async function somebodyWaits(sql: Sql): Promise<void> {
      for (let round = 0; round < 200; round++) {
        const { rows } = await raw<{ n: number }>`select count(*)::int as n from pg_locks where not granted`.execute(
          sql,
        );
        if ((rows[0]?.n ?? 0) > 0) return;
      }
    }

    it('two workers take turns: the second looks when the first is done', async () => {
      await hear('a');
      await hear('b', { received: plus(NOW, 'PT1M') });
      const turn = (id: string): Turn => ({ id, address: NUMBER, medium: 'sms', recorded_at: NOW });
      const locked = Promise.withResolvers<void>();
      const first = engine.sql.transaction().execute(async sql => {
        await lockTurn(sql, turn('a'));
        locked.resolve();
        await somebodyWaits(sql);
        await handled(sql, 'a', [], 'confirm', NOW);
      });
      await locked.promise;
      const second = engine.sql.transaction().execute(sql => lockTurn(sql, turn('b')));
      expect((await second)?.id).toBe('b');
      await first;
    });

    it('one whose turn has not come is left alone', async () => {
      await hear('a');
      await hear('b', { received: plus(NOW, 'PT1M') });
      const turn: Turn = { id: 'b', address: NUMBER, medium: 'sms', recorded_at: NOW };
      expect(await engine.sql.transaction().execute(sql => lockTurn(sql, turn))).toBeUndefined();
    });
  });

  describe('the last word of a patient about a visit', () => {
    const says = async (id: string, received: Instant, meaning: ReplyFact['meaning'], start = START, patient = ANA) => {
      await hear(id, { received });
      const reply = { meaning, appointment: 'Appointment/one', start, at: plus(NOW, 'P1D') };
      await addReply(engine.sql, { id, received_at: received }, patient, reply);
    };

    it('is the one that was received last, whenever it was handled', async () => {
      await says('a', plus(NOW, 'PT2M'), 'cancel');
      await says('b', NOW, 'confirm');
      await says('c', plus(NOW, 'PT1M'), 'reschedule');
      expect((await repliesOf(engine.sql, ANA)).map(reply => [reply.meaning, reply.at])).toEqual([
        ['confirm', NOW],
        ['reschedule', plus(NOW, 'PT1M')],
        ['cancel', plus(NOW, 'PT2M')],
      ]);
      const about = { patient: ANA, appointment: 'Appointment/one', by: 'cancel' };
      expect(await overtakenBy(engine.sql, 'b')).toEqual([{ ...about, meaning: 'confirm' }]);
      expect(await overtakenBy(engine.sql, 'c')).toEqual([{ ...about, meaning: 'reschedule' }]);
      expect(await overtakenBy(engine.sql, 'a')).toEqual([]);
    });

    it('another hour of it, or another patient of it, is another matter', async () => {
      await says('a', NOW, 'confirm');
      await says('b', plus(NOW, 'PT1M'), 'cancel', '2026-11-25T20:00:00.000Z');
      await says('c', plus(NOW, 'PT2M'), 'cancel', START, 'Patient/ben');
      expect(await overtakenBy(engine.sql, 'a')).toEqual([]);
    });

    it('a visit of two patients is one visit', async () => {
      await says('a', NOW, 'confirm');
      const reply = { meaning: 'confirm', appointment: 'Appointment/one', start: START, at: NOW } as const;
      await addReply(engine.sql, { id: 'a', received_at: NOW }, 'Patient/ben', reply);
      expect(await visitsAnswered(engine.sql, 'a')).toEqual(['Appointment/one']);
    });
  });
});
