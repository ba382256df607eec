import type { Appointment } from '@medplum/fhirtypes';
import { describe, expect, it } from 'vitest';
import { explain } from '../../sync/reconcile/explain.ts';
import { release } from '../../sync/reconcile/release.ts';
import { openBrakes } from '../../sync/store/brake.ts';
import { setPaused } from '../../sync/store/control.ts';
import { firstBrokenSeal } from '../../sync/store/journal.ts';
import { ANA, BEN, child, motherOf, person, visitOf } from '../support/chart.ts';
import { communicationsIn, tasksIn } from '../support/in-chart.ts';
import type { Whole, WholeOptions } from '../support/whole.ts';
import { wholes } from '../support/wholes.ts';

/** Two days and an hour from the Monday morning on which each test begins. */
const WEDNESDAY = '2026-11-25T17:00:00.000Z';
const LATER = '2026-11-25T20:00:00.000Z';

const openNext = wholes();
let whole: Whole;

const open = async (...records: Parameters<Whole['ehr']['store']['create']>[0][]): Promise<Whole> =>
  openWith({}, ...records);

async function openWith(
  options: WholeOptions,
  ...records: Parameters<Whole['ehr']['store']['create']>[0][]
): Promise<Whole> {
  const before = async (ehr: Whole['ehr']) => {
    for (const record of records) await ehr.store.create(record);
  };
  whole = await openNext({ before, ...options });
  return whole;
}

const bodies = async (address?: string) => (await whole.texts(address)).map(text => text.body);
const visit = async (id: string) => (await whole.ehr.store.read('Appointment', id)) as Appointment;
const tasks = async () => (await tasksIn(whole)).map(t => `${t.status} ${t.code?.coding?.[0]?.code}`);
const said = () => communicationsIn(whole);

const ana = () => [person('ana', ANA), visitOf('one', ['ana'], WEDNESDAY)] as const;

describe('the gate', () => {
  it('sends a reminder once, however often it looks', async () => {
    await open(...ana());
    await whole.advance('PT2H');
    await whole.settle();
    await whole.poll();
    expect(await bodies()).toEqual([expect.stringMatching(/Ana's visit is Wed, Nov 25 at 11:00 AM/)]);
  });

  it('sends nothing while paused, and afterwards only what still makes sense', async () => {
    await open(...ana());
    await setPaused(whole.database.sql, true, 'test', whole.now());
    await whole.advance('PT30H');
    expect(await bodies()).toEqual([]);
    await setPaused(whole.database.sql, false, 'test', whole.now());
    await whole.settle();
    expect(await bodies()).toEqual([]);
    await whole.advance('P1D');
    expect(await bodies()).toEqual([expect.stringMatching(/11:00 AM/)]);
  });

  it('fails closed while the EHR cannot be asked, and sends once it can', async () => {
    await open(...ana());
    whole.jump('PT90M');
    whole.ehr.faults.serverErrors = 1000;
    await whole.settle().catch(() => undefined);
    expect(await bodies()).toEqual([]);
    whole.ehr.faults.serverErrors = 0;
    await whole.advance('PT30M');
    expect(await bodies()).toHaveLength(1);
  });

  it('looks at the record again at the last moment: no hook, no poll, and yet nothing false', async () => {
    await openWith({ hears: 'poll' }, ...ana());
    await whole.ehr.store.update({ ...(await visit('one')), status: 'cancelled' });
    await whole.advance('PT2H');
    expect(await bodies()).not.toContainEqual(expect.stringMatching(/'s visit is/));
  });

  it('asks the provider after a crash, and never sends twice', async () => {
    await open(...ana());
    whole.phones.send = 'silent-kept';
    await whole.advance('PT2H');
    whole.phones.send = 'works';
    whole.restart();
    await whole.advance('PT10M');
    expect(await bodies()).toHaveLength(1);
  });

  it('gives to a person what the provider cannot say', async () => {
    await open(...ana());
    whole.phones.send = 'silent-lost';
    await whole.advance('PT2H');
    expect(await bodies()).toEqual([]);
    const [patient] = (await explain(whole.service, 'Appointment/one'))?.patients ?? [];
    expect(['unknown', 'planned']).toContain(patient?.messages.find(m => m.rule === 'reminder-48h')?.state);
  });
});

describe('one message for what belongs together', () => {
  it('two visits of one day', async () => {
    await open(...ana(), visitOf('two', ['ana'], LATER));
    await whole.advance('PT6H');
    expect(await bodies()).toEqual([
      expect.stringMatching(/visits Wed, Nov 25 at Riverside: 1\) 11:00 AM; 2\) 2:00 PM/),
    ]);
  });

  it("one guardian's children, by first name", async () => {
    const children = ['leo', 'mia'].flatMap(name => [child(name), motherOf(name, ANA)]);
    await open(...children, visitOf('one', ['leo'], WEDNESDAY), visitOf('two', ['mia'], LATER));
    await whole.advance('PT6H');
    expect(await bodies()).toEqual([expect.stringMatching(/Leo.*Mia/)]);
  });

  it('never two adults who share a phone', async () => {
    await open(...ana(), person('ben', ANA), visitOf('two', ['ben'], LATER));
    await whole.advance('PT6H');
    const all = await bodies();
    expect(all.map(body => /: (\w+)'s visit/.exec(body)?.[1]).sort()).toEqual(['Ana', 'Ben']);
  });
});

describe('answers', () => {
  it('C confirms the visit in the EHR, and says so', async () => {
    await open(...ana());
    await whole.advance('PT2H');
    await whole.says(ANA, 'C');
    expect((await visit('one')).participant[0]?.status).toBe('accepted');
    expect((await bodies()).at(-1)).toMatch(/You are confirmed for Wed, Nov 25/);
  });

  it('with two visits asked about apart it asks which, and takes the number', async () => {
    await open(...ana(), visitOf('two', ['ana'], '2026-11-26T17:00:00.000Z'));
    await whole.advance('PT26H');
    await whole.says(ANA, 'C');
    expect((await bodies()).at(-1)).toMatch(/which visit do you mean\? Reply with the number\. 1\) /);
    expect((await visit('two')).participant[0]?.status).toBe('needs-action');
    await whole.says(ANA, '2');
    const statuses = [(await visit('one')).participant[0]?.status, (await visit('two')).participant[0]?.status];
    expect(statuses.sort()).toEqual(['accepted', 'needs-action']);
  });

  it('STOP stops the number for everybody on it, is confirmed once, and START lifts it', async () => {
    await open(...ana());
    await whole.says(ANA, 'please stop texting me');
    await whole.advance('PT3H');
    expect(await bodies()).toEqual([expect.stringMatching(/no more texts/)]);
    await whole.says(ANA, 'START');
    await whole.settle();
    expect((await bodies()).at(-1)).not.toMatch(/no more texts/);
  });

  it('a bare CANCEL stops the texts and asks a person whether the visit was meant', async () => {
    await open(...ana());
    await whole.advance('PT2H');
    await whole.says(ANA, 'CANCEL');
    expect(await tasks()).toContain('requested maybe-cancel-visit');
    expect((await visit('one')).status).toBe('booked');
  });

  it.each([
    [ANA, 'my chest feels funny since the new pills', 'requested answer-patient'],
    [BEN, 'hello, can I get an appointment', 'requested identify-sender'],
  ])('whatever else %s writes ends with a person', async (from, words, task) => {
    await open(...ana());
    await whole.says(from, words);
    expect(await tasks()).toEqual([task]);
    expect(await bodies(from)).toHaveLength(1);
  });
});

describe('the chart', () => {
  it('holds each message and Task once, whatever crashed between writing and remembering', async () => {
    await open(...ana());
    await whole.advance('PT2H');
    await whole.database.sql.updateTable('message').set({ published_revision: 0 }).execute();
    whole.restart();
    await whole.settle();
    expect((await said()).map(one => one.status)).toEqual(['completed']);
    expect((await whole.ehr.store.search('CommunicationRequest')).length).toBe(
      (await whole.database.sql.selectFrom('message').select('key').execute()).length,
    );
  });

  it("makes ours stand down where another sender's reminder for the visit is already there", async () => {
    await open(...ana());
    await whole.advance('PT5M');
    await whole.ehr.store.create({
      resourceType: 'Communication',
      status: 'completed',
      category: [
        { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/communication-category', code: 'reminder' }] },
      ],
      subject: { reference: 'Patient/ana' },
      about: [{ reference: 'Appointment/one' }],
      sent: whole.now(),
    });
    await whole.advance('PT2H');
    expect(await bodies()).toEqual([]);
    const [patient] = (await explain(whole.service, 'Appointment/one'))?.patients ?? [];
    const why = [...(patient?.messages ?? []), ...(patient?.notPlanned ?? [])].find(one => one.rule === 'reminder-48h');
    expect(why?.reason).toBe('told-by-other-sender');
  });

  it('waits with a visible backlog while the EHR takes nothing, and catches up', async () => {
    await open(...ana());
    await whole.advance('PT2H');
    const backlog = () =>
      whole.database.sql.selectFrom('message').select('key').whereRef('revision', '<>', 'published_revision').execute();
    expect(await backlog()).toEqual([]);
    whole.ehr.faults.serverErrors = 1000;
    await setPaused(whole.database.sql, true, 'test', whole.now());
    await whole.database.sql
      .updateTable('message')
      .set(eb => ({ revision: eb('revision', '+', 1) }))
      .execute();
    await whole.settle();
    expect((await backlog()).length).toBeGreaterThan(0);
    whole.ehr.faults.serverErrors = 0;
    await whole.advance('PT1H');
    expect(await backlog()).toEqual([]);
  });
});

describe('the brake and the journal', () => {
  it('a first import that would send too much waits for a person, and then sends', async () => {
    const people = Array.from({ length: 60 }, (_, i) => [
      person(`p${i}`, `+131255501${String(i).padStart(2, '0')}`),
      visitOf(`v${i}`, [`p${i}`], WEDNESDAY),
    ]).flat();
    await open(...people);
    await whole.advance('PT2H');
    expect(await bodies()).toEqual([]);
    const [brake] = await openBrakes(whole.database.sql);
    expect(brake?.cause).toBe('sweep');
    await release(whole.service, Number(brake?.id), 'test');
    await whole.settle();
    expect((await bodies()).length).toBe(60);
  });

  it('seals every act, and says nothing of names, numbers or words to log, metrics and queue', async () => {
    await open(
      person('ana', ANA, { name: [{ given: ['Zzgiven'], family: 'Zzfamily' }] }),
      visitOf('one', ['ana'], WEDNESDAY),
    );
    await whole.advance('PT2H');
    await whole.says(ANA, 'zzwords that only I would write');
    whole.ehr.faults.serverErrors = 3;
    await whole.poll().catch(() => undefined);
    expect(await firstBrokenSeal(whole.database.sql)).toBeUndefined();
    const journal = await whole.database.sql.selectFrom('journal').selectAll().execute();
    const metrics = await (await fetch(`${whole.url}/metrics`)).text();
    const health = await (await fetch(`${whole.url}/health`)).text();
    const missing = await (await fetch(`${whole.url}/nowhere/Zzfamily`)).text();
    for (const text of [JSON.stringify(journal), metrics, health, missing, ...whole.logged])
      expect(text).not.toMatch(/Zzgiven|Zzfamily|zzwords|3125550101/);
  });
});
