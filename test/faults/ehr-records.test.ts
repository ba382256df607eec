import type { Appointment, Patient } from '@medplum/fhirtypes';
import { describe, expect, it } from 'vitest';
import { explain } from '../../sync/reconcile/explain.ts';
import { activate } from '../../sync/reconcile/policy-in-force.ts';
import { releaseAll } from '../../sync/reconcile/release.ts';
import { openBrakes } from '../../sync/store/brake.ts';
import { ANA, BEN, visitOf } from '../support/chart.ts';
import { shippedPolicy } from '../support/policy.ts';
import type { Whole, WholeOptions } from '../support/whole.ts';
import { wholes } from '../support/wholes.ts';
import { canary, expectNothingLeaked, fates, openTasks, words } from './leaks.ts';

/*
 * Faults of the EHR, 3: what its records say, on the whole service. A restored backup: test/reconcile/went-back.test.ts;
 * versions that come late, again or out of order: test/reconcile/mirror.test.ts; merges, deaths and visits that change
 * hands in the midst of everything else: test/chaos; a merge whose visit was left behind: test/domain/plan.
 */

const FRIDAY = '2026-11-27T17:00:00.000Z';
const NEXT_MONDAY = '2026-11-30T17:00:00.000Z';

const open = wholes();
const visit = async ({ ehr }: Whole, id = 'one') => (await ehr.store.read('Appointment', id)) as Appointment;

/** The desk does it, and the service hears of it in whichever way it hears. */
const desk = (whole: Whole, hears: 'hooks' | 'poll') => async (work: Promise<unknown>, then: string) => {
  await work;
  if (hears === 'poll') await whole.poll();
  await whole.advance(then);
  if (hears === 'poll') await whole.poll();
};

describe('the clock of the EHR', () => {
  async function aWeek(hears: 'hooks' | 'poll', ehrAhead: string) {
    const whole = await open({ hears, ehrAhead });
    const does = desk(whole, hears);
    await does(whole.ehr.store.create(canary('ana', ANA)), 'PT1M');
    await does(whole.ehr.store.create(visitOf('one', ['ana'], FRIDAY)), 'PT1H');
    await whole.says(ANA, 'C');
    await does(whole.settle(), 'PT1H');
    const confirmed = (await visit(whole)).participant[0]?.status;
    await does(whole.ehr.store.update({ ...(await visit(whole)), start: NEXT_MONDAY }), 'PT2H');
    await does(whole.ehr.store.update({ ...(await visit(whole)), status: 'cancelled' }), 'PT2M');
    await does(whole.ehr.store.update({ ...(await visit(whole)), status: 'booked' }), 'PT2H');
    await does(whole.ehr.store.update({ ...(await visit(whole)), status: 'cancelled' }), 'PT2H');
    await expectNothingLeaked(whole);
    return { texts: await words(whole), confirmed, tasks: await openTasks(whole, 'ana') };
  }

  it.each([
    ['10 minutes ahead of ours', 'hooks', 'PT10M'],
    ['10 minutes behind ours', 'hooks', '-PT10M'],
    ['10 minutes ahead of ours, asked', 'poll', 'PT10M'],
    ['10 minutes behind ours, asked', 'poll', '-PT10M'],
  ] as const)('%s: the same is said, once', async (_, hears, ehrAhead) => {
    const told = await aWeek(hears, ehrAhead);
    expect(told).toEqual({
      texts: [
        expect.stringMatching(/booked.*Fri, Nov 27|Fri, Nov 27/),
        expect.stringMatching(/You are confirmed for Fri, Nov 27/),
        expect.stringMatching(/Fri, Nov 27.* is now Mon, Nov 30/),
        expect.stringMatching(/Mon, Nov 30.* is off/),
      ],
      confirmed: 'accepted',
      tasks: [],
    });
  });
});

describe('an id that is used again', () => {
  it('for another patient’s visit: the one is told that theirs is off, the other that theirs is booked', async () => {
    const whole = await open();
    for (const one of [canary('ana', ANA), canary('ben', BEN)]) await whole.ehr.store.create(one);
    await whole.ehr.store.create(visitOf('one', ['ana'], FRIDAY));
    await whole.advance('PT1H');
    await whole.ehr.store.delete('Appointment', 'one');
    await whole.advance('PT1H');
    await whole.ehr.store.create(visitOf('one', ['ben'], NEXT_MONDAY));
    await whole.advance('PT3H');
    expect([await words(whole, ANA), await words(whole, BEN)]).toEqual([
      [expect.stringMatching(/Fri, Nov 27/), expect.stringMatching(/Fri, Nov 27.*is off/)],
      [expect.stringMatching(/Zzgivenben.*Mon, Nov 30/)],
    ]);
    await expectNothingLeaked(whole);
  });

  it('for another patient’s visit, of one that was there before us: booked all the same', async () => {
    const whole = await open({
      before: async ({ store }) => {
        for (const one of [canary('ana', ANA), canary('ben', BEN)]) await store.create(one);
        await store.create(visitOf('one', ['ana'], FRIDAY));
      },
    });
    await whole.ehr.store.delete('Appointment', 'one');
    await whole.advance('PT1H');
    await whole.ehr.store.create(visitOf('one', ['ben'], NEXT_MONDAY));
    await whole.advance('PT3H');
    expect([await words(whole, ANA), await words(whole, BEN)]).toEqual([
      [expect.stringMatching(/Fri, Nov 27.*is off/)],
      [expect.stringMatching(/Zzgivenben.*Mon, Nov 30/)],
    ]);
  });

  it.each(['deleted first', 'written over'])(
    'for another person (%s): nothing of the first is said to the second, and a person looks',
    async how => {
      const whole = await open();
      await whole.ehr.store.create(canary('ana', ANA));
      await whole.ehr.store.create(visitOf('one', ['ana'], FRIDAY));
      await whole.advance('PT1H');
      if (how === 'deleted first') {
        await whole.ehr.store.delete('Appointment', 'one');
        await whole.ehr.store.delete('Patient', 'ana');
        await whole.advance('PT3H');
      }
      const before = await words(whole);
      const ben = { birthDate: '1991-01-01', name: [{ given: ['Zzgivenben'], family: 'Zzfamily-Ng' }] };
      await whole.ehr.store.update({ ...canary('ana', BEN), ...ben });
      await whole.ehr.store.update(visitOf('one', ['ana'], NEXT_MONDAY));
      await whole.advance('P3D');
      expect([before.length, await words(whole)]).toEqual([1, before]);
      expect((await openBrakes(whole.database.sql)).map(({ cause }) => cause)).toEqual(['another-person']);
      await expectNothingLeaked(whole);
    },
  );

  it('by the same person under a corrected name or date of birth: told as before', async () => {
    const whole = await open();
    await whole.ehr.store.create(canary('ana', ANA));
    await whole.ehr.store.create(visitOf('one', ['ana'], FRIDAY));
    await whole.ehr.store.update({ ...canary('ana', ANA), birthDate: '1980-05-06' });
    await whole.ehr.store.update({ ...canary('ana', ANA), name: [{ given: ['Zzgiven'], family: 'Zzfamily-Ng' }] });
    await whole.advance('PT1H');
    expect([(await words(whole)).length, await openBrakes(whole.database.sql)]).toEqual([1, []]);
  });
});

describe('a patient who was merged', () => {
  const merged: Partial<Patient> = {
    active: false,
    link: [{ other: { reference: 'Patient/anna' }, type: 'replaced-by' }],
  };
  const start = async (options: WholeOptions = {}) => {
    const whole = await open(options);
    await whole.ehr.store.create(canary('ana', ANA));
    await whole.ehr.store.create(canary('anna', BEN));
    await whole.ehr.store.create(visitOf('one', ['ana'], FRIDAY));
    await whole.advance('PT1H');
    return whole;
  };

  it('and unmerged while nothing was due: as if nothing had happened', async () => {
    const whole = await start();
    await whole.ehr.store.update({ ...canary('ana', ANA), ...merged });
    await whole.advance('PT3H');
    await whole.ehr.store.update(canary('ana', ANA));
    await whole.advance('PT3H');
    expect(await words(whole)).toHaveLength(1);
    await whole.advance('P2D');
    expect((await words(whole)).slice(1)).toContainEqual(expect.stringMatching(/Zzgivenana.*visit is Fri, Nov 27/));
    await expectNothingLeaked(whole);
  });

  it('with her visit, and unmerged with it: only the other one is told that hers is off', async () => {
    const whole = await start();
    await whole.ehr.store.update({ ...canary('ana', ANA), ...merged });
    await whole.ehr.store.update(visitOf('one', ['anna'], FRIDAY));
    await whole.advance('PT3H');
    await whole.ehr.store.update(canary('ana', ANA));
    await whole.ehr.store.update(visitOf('one', ['ana'], FRIDAY));
    await whole.advance('PT3H');
    expect([await words(whole, ANA), await words(whole, BEN)]).toEqual([
      [expect.stringMatching(/Zzgivenana.*booked/)],
      [expect.stringMatching(/Zzgivenanna.*booked/), expect.stringMatching(/Zzgivenanna.*is off/)],
    ]);
  });
});

describe('a nightly job', () => {
  const PATIENTS = Number(process.env.NIGHTLY_PATIENTS ?? 40);
  const ids = Array.from({ length: PATIENTS }, (_, i) => String(i).padStart(5, '0'));
  /** One ahead, and the history of years. */
  const VISITS = Array.from({ length: 9 }, (_, i) => `${2027 - i}-03-05T17:00:00.000Z`);
  const visitsOf = (id: string) =>
    VISITS.map((start, i) => visitOf(`v${id}-${i}`, [`p${id}`], start, { status: i === 0 ? 'booked' : 'fulfilled' }));

  async function touchEverything({ ehr: { store } }: Whole) {
    const etl = { meta: { tag: [{ system: 'urn:etl', code: 'run-1' }] }, language: 'en' };
    for (const type of ['Patient', 'Appointment'] as const)
      for (const one of await store.search(type, '_count=1000000')) await store.update({ ...one, ...etl });
  }

  /** Ten records for each patient: 400 here, as to make and to book more takes long; 50,000 by NIGHTLY_PATIENTS=5000. */
  it.each(['poll', 'hooks'] as const)(
    'that touches every record (%s): nobody is texted, no plan changes, and nothing stops',
    async hears => {
      const whole = await open({
        hears,
        readOnly: true,
        before: ({ store }) =>
          store.transaction(async within => {
            for (const id of ids) {
              await within.create(canary(`p${id}`, `+1312${2_000_000 + Number(id)}`));
              for (const one of visitsOf(id)) await within.create(one);
            }
          }),
      });
      await releaseAll(whole.service, 'test');
      await whole.settle();
      const plans = () =>
        whole.database.sql.selectFrom('message').select(['key', 'state', 'due_at']).orderBy('key').execute();
      const before = await plans();
      whole.jump('PT12H');
      await touchEverything(whole);
      const began = process.hrtime.bigint();
      await whole.poll();
      const seconds = Number(process.hrtime.bigint() - began) / 1e9;
      const { rss } = process.memoryUsage();
      if (process.env.NIGHTLY_PATIENTS)
        console.info(`${hears}: ${PATIENTS * 10} records in ${seconds.toFixed(1)} s, ${(rss / 1e6).toFixed(0)} MB`);
      expect(before.length).toBeGreaterThan(PATIENTS);
      expect([await plans(), await words(whole), await openBrakes(whole.database.sql)]).toEqual([before, [], []]);
      await expectNothingLeaked(whole);
    },
    3_600_000,
  );
});

describe('a code that nobody has mapped', () => {
  const VIDEO = { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'VR' };
  const NEW_CODE = { system: 'urn:ehr:2027', code: '4711' };
  const LINK = {
    url: 'https://loopkeeper.org/fhir/StructureDefinition/telehealth-link',
    valueUrl: 'https://video.riverside.example/r/1',
  };

  const told = async (changes: Partial<Appointment> = {}, options: WholeOptions = {}) => {
    const whole = await open(options);
    await whole.ehr.store.create(canary('ana', ANA));
    await whole.ehr.store.create({ ...visitOf('one', ['ana'], FRIDAY), ...changes });
    await whole.advance('PT1H');
    expect(await words(whole)).toHaveLength(1);
    return whole;
  };

  it('as the status of a visit: nobody is told anything, and a person finds out', async () => {
    let mapped = true;
    const whole = await told(
      {},
      {
        fetch: async (url, init) => {
          const answer = await fetch(url, init);
          if (mapped || init?.method !== 'GET' || !/Appointment/.test(String(url))) return answer;
          return new Response((await answer.text()).replaceAll('"status":"booked"', '"status":"held-2027"'), answer);
        },
      },
    );
    mapped = false;
    await whole.ehr.store.update({ ...(await visit(whole)), comment: 'The release of 2027.' });
    await whole.advance('P3D');
    expect([await words(whole), await openTasks(whole, 'ana')]).toEqual([
      [expect.stringMatching(/Nov 27/)],
      ['unsure-visit'],
    ]);
    mapped = true;
    await whole.ehr.store.update({ ...(await visit(whole)), comment: 'Mended.' });
    await whole.advance('PT1H');
    expect(await openTasks(whole, 'ana')).toEqual([]);
    await expectNothingLeaked(whole);
  });

  it('as the kind of a video visit whose link stays: still by video', async () => {
    const whole = await told({ serviceCategory: [{ coding: [VIDEO] }], extension: [LINK] });
    await whole.ehr.store.update({ ...(await visit(whole)), serviceCategory: [{ coding: [NEW_CODE] }] });
    await whole.advance('PT3H');
    expect(await words(whole)).toHaveLength(1);
  });

  it('as the kind of a video visit without a link: nobody is sent to the practice, and a person finds out', async () => {
    const whole = await told({ serviceCategory: [{ coding: [VIDEO] }] });
    await whole.ehr.store.update({ ...(await visit(whole)), serviceCategory: [{ coding: [NEW_CODE] }] });
    await whole.advance('P3D');
    expect([(await words(whole)).length, await openTasks(whole, 'ana')]).toEqual([1, ['unsure-visit']]);
    await whole.ehr.store.update({ ...(await visit(whole)), serviceCategory: [{ coding: [VIDEO] }] });
    await whole.advance('PT1H');
    expect([(await words(whole)).length, await openTasks(whole, 'ana')]).toEqual([1, []]);
  });

  it('as the reason of a cancellation: told that it is off, and not who called it off', async () => {
    const whole = await told();
    const cancelationReason = { coding: [NEW_CODE], text: 'Zzfamily rang' };
    await whole.ehr.store.update({ ...(await visit(whole)), status: 'cancelled', cancelationReason });
    await whole.advance('PT3H');
    expect((await words(whole)).slice(1)).toEqual([expect.stringMatching(/is off/)]);
    await expectNothingLeaked(whole);
  });

  it('in the place of one that a rule asks for: the rule is silent, and says why', async () => {
    const shipped = shippedPolicy();
    const rules = shipped.rules.map(rule =>
      rule.id === 'reminder-48h' ? { ...rule, if: { visitTypes: ['urn:ehr:2026|CHECKUP'] } } : rule,
    );
    const whole = await told({ appointmentType: { coding: [{ system: 'urn:ehr:2026', code: 'CHECKUP' }] } });
    await activate(whole.service, { policy: { ...shipped, rules }, version: 'asks-for-a-type' }, 'test');
    await whole.ehr.store.update({ ...(await visit(whole)), comment: 'Fasting.' });
    await whole.settle();
    expect(await fates(whole, 'ana')).toContainEqual('reminder-48h planned');
    await whole.ehr.store.update({ ...(await visit(whole)), appointmentType: { coding: [NEW_CODE] } });
    await whole.advance('PT1H');
    expect(await fates(whole, 'ana')).toContainEqual('reminder-48h withdrawn rule-not-matching');
    const why = await explain(whole.service, 'Appointment/one');
    expect(JSON.stringify(why)).toContain('rule-not-matching');
  });
});
