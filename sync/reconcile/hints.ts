import type { Reference } from '../domain/facts/fact.ts';
import { missedEvents } from '../fhir/notification/events.ts';
import { gaps } from '../fhir/notification/gaps.ts';
import { EhrError } from '../fhir/outcome.ts';
import { dropHints, heardEvent, hints, lastEventOf } from '../store/notification.ts';
import { askForPlans, observe } from './observe.ts';
import { FOLLOWED, poll } from './poll.ts';
import type { Service } from './service.ts';

type Row = Awaited<ReturnType<typeof hints>>[number];

const BATCH = 100;

/**
 * Looks into what the EHR hinted at: reads what it named, asks for the events it skipped, and polls when it only said
 * that something changed. A hint goes only after what it pointed at has been taken in. Returns how many went.
 * Throws EhrError when the EHR cannot be asked; then all of them wait.
 */
export async function observeHints(service: Service): Promise<number> {
  const { sql } = service.database;
  const rows = await hints(sql, BATCH);
  if (rows.length === 0) return 0;
  const missed = await missing(service, rows);
  const references = [...new Set([...rows.flatMap(named), ...missed.references])];
  for (const reference of references) await observeOne(service, reference);
  if (missed.sweep || rows.some(row => row.type === null)) await poll(service);
  await askForPlans(service, references);
  await dropHints(
    sql,
    rows.map(row => row.id),
  );
  return rows.length;
}

const followed: readonly string[] = FOLLOWED;
const named = ({ type, resource_id: id }: Row): Reference[] =>
  type && id && followed.includes(type) ? [`${type}/${id}`] : [];

/** A hint that this EHR will never let us look into must not hold up the others. */
async function observeOne(service: Service, reference: Reference): Promise<void> {
  try {
    await observe(service, [reference]);
  } catch (error) {
    if (!(error instanceof EhrError) || error.retry === 'later') throw error;
    service.log.warn('The EHR refuses a record that it told us of.', { reference, code: error.code });
  }
}

/** Numbers that never came: `$events` names them, or else the poll finds them. */
async function missing(service: Service, rows: Row[]): Promise<{ references: Reference[]; sweep: boolean }> {
  const counted = rows.filter(row => row.subscription !== null && row.event_number !== null);
  const found: { references: Reference[]; sweep: boolean } = { references: [], sweep: false };
  for (const [subscription, group] of Map.groupBy(counted, row => row.subscription ?? '')) {
    const { sql } = service.database;
    const { id, client, baseUrl, profile } = service.connection;
    const numbers = group.map(row => BigInt(row.event_number ?? 0));
    const { gap, last, reset } = gaps(await lastEventOf(sql, id, subscription), numbers);
    if (reset) found.sweep = true;
    if (gap && !reset) {
      const answer = await missedEvents(client, subscription, gap, {
        baseUrl,
        eventNumbers: profile.subscriptions.eventNumbers,
      });
      if (answer.outcome === 'sweep') found.sweep = true;
      else
        found.references.push(
          ...answer.heard.refs.filter(ref => followed.includes(ref.type)).map(ref => `${ref.type}/${ref.id}`),
        );
    }
    await heardEvent(sql, id, subscription, last, service.clock());
  }
  return found;
}
