import type { Patient } from '@medplum/fhirtypes';
import { sql as raw } from 'kysely';
import type { Database } from '../../sync/store/database.ts';
import { NOW, samplePatient, VISITS_EACH, visitText } from './samples.ts';

const AT_ONCE = 50_000;

/**
 * Stores a practice with so many visits straight into our tables, read long ago and with nothing to plan until
 * something changes. As a replica the session minds no foreign key, which halves the time.
 */
export async function storePractice(
  { sql: db, practice }: Database,
  visits: number,
  as: (patient: Patient) => Patient = patient => patient,
): Promise<void> {
  const patient = JSON.stringify(as({ ...samplePatient(0), id: 'p@n@' })).replace('2000000', '@phone@');
  const visit = visitText({ id: 'a@n@', patient: 'p@p@', status: '@status@', start: '@start@' });
  const patients = Math.ceil(visits / VISITS_EACH);
  await db.transaction().execute(async sql => {
    await raw`set local session_replication_role = replica`.execute(sql);
    await raw`set local synchronous_commit = off`.execute(sql);
    await raw`
      insert into resource (practice, type, id, version_id, last_updated, body, digest, observed_at)
      select ${practice}, 'Patient', 'p' || n, '1', ${NOW}::timestamptz,
        replace(replace(${patient}, '@n@', n::text), '@phone@', (2000000 + n)::text)::jsonb, md5(n::text), ${NOW}::timestamptz
      from generate_series(1, ${patients}::int) n`.execute(sql);
    await raw`insert into resource_patient select 'Patient', 'p' || n, 'Patient/p' || n, ${practice} from generate_series(1, ${patients}::int) n`.execute(
      sql,
    );
    await raw`
      insert into patient (practice, reference, planned_generation)
      select ${practice}, 'Patient/p' || n, 1 from generate_series(1, ${patients}::int) n`.execute(sql);
    await raw`
      insert into address (practice, patient, person, address)
      select ${practice}, 'Patient/p' || n, 'Patient/p' || n, '+1312' || (2000000 + n) from generate_series(1, ${patients}::int) n`.execute(
      sql,
    );
    for (let from = 1; from <= visits; from += AT_ONCE)
      await storeVisits(sql, practice, visit, from, Math.min(from + AT_ONCE - 1, visits));
    await raw`insert into resource_patient select 'Appointment', 'a' || n, 'Patient/p' || ((n + 9) / 10), ${practice} from generate_series(1, ${visits}::int) n`.execute(
      sql,
    );
  });
  await raw`analyze`.execute(db);
}

const storeVisits = (sql: Database['sql'], practice: string, visit: string, from: number, to: number) =>
  raw`
    insert into resource
      (practice, type, id, version_id, last_updated, body, digest, observed_at, first_seen, changed_at)
    select ${practice}, 'Appointment', 'a' || n, '1', ${NOW}::timestamptz,
      replace(replace(replace(replace(${visit}, '@n@', n::text), '@p@', ((n + 9) / 10)::text), '@status@',
        case when ahead then 'booked' else 'fulfilled' end), '@start@', start)::jsonb,
      md5(n::text), ${NOW}::timestamptz,
      jsonb_build_object('at', ${NOW}::text, 'imported', true, 'state', jsonb_build_object(
        'live', ahead, 'start', start, 'telehealth', false,
        'location', 'Location/location-riverside', 'practitioner', 'Practitioner/okafor',
        'patients', jsonb_build_array('Patient/p' || ((n + 9) / 10)))),
      ${NOW}::timestamptz
    from (
      select n, n % 10 = 1 as ahead, to_char(${NOW}::timestamptz at time zone 'UTC' +
        case when n % 10 = 1 then interval '49 hours' else interval '-7 days' * (n % 40 + 1) end,
        'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as start
      from generate_series(${from}::int, ${to}::int) n) visits`.execute(sql);
