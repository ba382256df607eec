import type { Appointment } from '@medplum/fhirtypes';
import { sql as raw } from 'kysely';
import type { Standing } from '../domain/alarm/standing.ts';
import type { Instant } from '../domain/clock.ts';
import { type AppointmentFact, readAppointment } from '../domain/facts/appointment.ts';
import { minus, plus } from '../domain/time.ts';
import type { Sql } from './database.ts';

const AHEAD = 'P14D';
const SPOKEN_WITHIN = 'P7D';
/** Enough to meet every place and kind of visit, few enough to be read between two breaths. */
const SAMPLE = 2_000;

/** Where and of which kinds the visits of the next two weeks are, and of which places anything was said. */
export async function visitsAhead(sql: Sql, now: Instant): Promise<Pick<Standing, 'sites' | 'visitKinds'>> {
  const facts = await booked(sql, now);
  const spoken = await placesSpokenOf(sql, now);
  const places = Map.groupBy(
    facts.flatMap(fact => fact.locations),
    location => location,
  );
  const kinds = Map.groupBy(facts, fact => fact.visitTypes.toSorted().join(' '));
  return {
    sites: [...places].map(([location, those]) => ({
      location,
      visitsAhead: those.length,
      messages: spoken.get(location) ?? 0,
    })),
    visitKinds: [...kinds].map(([, those]) => ({ codes: those[0]?.visitTypes ?? [], visits: those.length })),
  };
}

async function booked(sql: Sql, now: Instant): Promise<AppointmentFact[]> {
  const rows = await sql
    .selectFrom('resource')
    .select('body')
    .where('type', '=', 'Appointment')
    .where('deleted', '=', false)
    .where(raw<string>`body ->> 'status'`, '=', 'booked')
    // The text of an instant is in some zone: to the day is enough here.
    .where(raw<string>`body ->> 'start'`, '>', plus(now, 'P1D'))
    .where(raw<string>`body ->> 'start'`, '<', plus(now, AHEAD))
    .limit(SAMPLE)
    .execute();
  return rows.flatMap(({ body }) => {
    const read = readAppointment(body as Appointment);
    return 'fact' in read ? [read.fact] : [];
  });
}

async function placesSpokenOf(sql: Sql, now: Instant): Promise<Map<string, number>> {
  const rows = await sql
    .selectFrom('message')
    .select([
      raw<string>`jsonb_array_elements(plan -> 'tells') ->> 'location'`.as('location'),
      eb => eb.fn.countAll<number>().as('n'),
    ])
    .where(eb =>
      eb.or([
        eb('state', '=', 'planned'),
        eb.and([
          eb('changed_at', '>', minus(now, SPOKEN_WITHIN)),
          eb('state', 'in', ['sending', 'sent', 'delivered', 'unknown']),
        ]),
      ]),
    )
    .groupBy('location')
    .execute();
  return new Map(rows.map(({ location, n }) => [location, Number(n)]));
}
