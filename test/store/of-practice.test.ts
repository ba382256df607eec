import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DummyDriver, Kysely, PostgresAdapter, PostgresIntrospector, PostgresQueryCompiler, sql as raw } from 'kysely';
import { describe, expect, it } from 'vitest';
import { ofPractice } from '../../sync/store/of-practice.ts';
import type { Tables } from '../../sync/store/tables.ts';
import { onEveryEngine } from '../support/engines.ts';

const db = new Kysely<Tables>({
  dialect: {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: it => new PostgresIntrospector(it),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  },
  plugins: [ofPractice('elm-street')],
});
const at = '2026-11-23T15:00:00.000Z';

describe('Every kind of statement', () => {
  it.each([
    [
      'a selection',
      db.selectFrom('patient').select('reference').where('brake', 'is', null),
      'select "reference" from "patient" where "patient"."practice" = $1 and "brake" is null',
    ],
    [
      'one or the other: both of this practice',
      db
        .selectFrom('patient')
        .select('reference')
        .where(eb => eb.or([eb('brake', '=', 1), eb('brake', '=', 2)])),
      'select "reference" from "patient" where "patient"."practice" = $1 and ("brake" = $2 or "brake" = $3)',
    ],
    [
      'another name for the table',
      db.selectFrom('message as it').select('it.key'),
      'select "it"."key" from "message" as "it" where "it"."practice" = $1',
    ],
    [
      'a join, and one with a condition of its own',
      db
        .selectFrom('reply as said')
        .innerJoin('inbound as its', 'its.id', 'said.inbound')
        .leftJoin('address', join => join.onRef('address.address', '=', 'its.address'))
        .select('said.patient'),
      'select "said"."patient" from "reply" as "said" inner join "inbound" as "its" on "its"."practice" = $1 and "its"."id" = "said"."inbound" left join "address" on "address"."practice" = $2 and "address"."address" = "its"."address" where "said"."practice" = $3',
    ],
    [
      'a selection within a condition',
      db
        .selectFrom('message')
        .select('key')
        .where(eb =>
          eb.exists(eb.selectFrom('patient').select('brake').whereRef('patient.reference', '=', 'message.patient')),
        ),
      'select "key" from "message" where "message"."practice" = $1 and exists (select "brake" from "patient" where "patient"."practice" = $2 and "patient"."reference" = "message"."patient")',
    ],
    [
      'new rows',
      db.insertInto('resource_patient').values([
        { type: 'Appointment', id: '1', patient: 'Patient/1' },
        { type: 'Appointment', id: '1', patient: 'Patient/2' },
      ]),
      'insert into "resource_patient" ("type", "id", "patient", "practice") values ($1, $2, $3, $4), ($5, $6, $7, $8)',
    ],
    [
      'a new row with an expression',
      db.insertInto('lease').values({ name: 'poll', holder: 'a', until: raw`now()` }),
      'insert into "lease" ("name", "holder", "until", "practice") values ($1, $2, now(), $3)',
    ],
    [
      'rows that were selected, and one that is there already',
      db
        .insertInto('patient')
        .columns(['reference'])
        .expression(eb =>
          eb
            .selectFrom(raw<{ reference: string }>`unnest(array['Patient/1'])`.as<'one'>(raw`one(reference)`))
            .select('one.reference'),
        )
        .onConflict(c => c.column('reference').doUpdateSet({ generation: 2 })),
      'insert into "patient" ("reference", "practice") select "one"."reference", $1 as "practice" from unnest(array[\'Patient/1\']) as one(reference) on conflict ("practice", "reference") do update set "generation" = $2',
    ],
    [
      'a change',
      db.updateTable('brake').set({ released_at: at }).where('id', '=', 1),
      'update "brake" set "released_at" = $1 where "brake"."practice" = $2 and "id" = $3',
    ],
    ['a deletion', db.deleteFrom('question'), 'delete from "question" where "question"."practice" = $1'],
    [
      'two statements in one',
      db
        .with('head', it => it.updateTable('journal_head').set({ seq: 2 }))
        .insertInto('control')
        .values({ name: 'paused', value: 'true', at, by: 'operator' }),
      'with "head" as (update "journal_head" set "seq" = $1 where "journal_head"."practice" = $2) insert into "control" ("name", "value", "at", "by", "practice") values ($3, $4, $5, $6, $7)',
    ],
    ['what belongs to nobody', db.selectFrom('migration').select('name'), 'select "name" from "migration"'],
  ])('is about one practice: %s', (_, query, said) => {
    expect(query.compile().sql).toBe(said);
  });

  it('is seen: no statement in raw SQL names a table', () => {
    const files = readdirSync('sync', { recursive: true, encoding: 'utf8' }).filter(name => name.endsWith('.ts'));
    const raws = files.flatMap(name =>
      [...readFileSync(join('sync', name), 'utf8').matchAll(/\b(?:raw|sql)(?:<[^`]*>)?`([^`]*)`/g)].map(
        match => `${name}: ${match[1]}`,
      ),
    );
    expect(raws.length).toBeGreaterThan(5);
    expect(
      raws.filter(text => /\b(from|into|update|join|table)\s+(?!if not exists migration|unnest|\$)\w/i.test(text)),
    ).toEqual([]);
  });
});

interface Key {
  table: string;
  kind: string;
  columns: string[];
}

onEveryEngine(engine => {
  it('has the practice in every key, so that the rows of one can live on a server of their own', async () => {
    const { rows } = await raw<Key>`
      select c.conrelid::regclass::text as table, c.contype as kind,
        array(select a.attname::text from unnest(c.conkey) as k(n) join pg_attribute a on a.attrelid = c.conrelid and a.attnum = k.n) as columns
      from pg_constraint c where c.connamespace = 'public'::regnamespace and c.contype in ('p', 'u', 'f')`.execute(
      engine.sql,
    );
    expect(rows.filter(row => row.kind === 'p').length).toBeGreaterThan(20);
    const without = rows.filter(({ table, columns }) => table !== 'migration' && !columns.includes('practice'));
    expect(without).toEqual([]);
  });

  it('has no row that does not say whose it is', async () => {
    const { rows } = await raw<{ table: string }>`
      select t.table_name as table from information_schema.tables t
      left join information_schema.columns c on c.table_name = t.table_name and c.table_schema = 'public'
        and c.column_name = 'practice' and c.is_nullable = 'NO' and c.column_default is null
      where t.table_schema = 'public' and c.column_name is null`.execute(engine.sql);
    expect(rows).toEqual([{ table: 'migration' }]);
  });
});
