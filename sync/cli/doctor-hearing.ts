import type { Policy } from '../domain/policy/policy.ts';
import type { Feed } from '../fhir/strategy.ts';
import type { Connection } from '../reconcile/connection.ts';
import type { Report } from './doctor-report.ts';

/** They show the days around now: what lies behind them stays unknown. */
const DAYS_AHEAD: Feed[] = ['date-window', 'by-practitioner', 'by-patient'];

/**
 * Where earlier visits are never seen, everybody is a new patient: those who have come for years would be told what to
 * bring to their first visit.
 */
export function checkEarlierVisits(
  { strategies }: Pick<Connection, 'strategies'>,
  policy: Policy | undefined,
  { say }: Report,
): void {
  const feed = strategies.Appointment?.feed ?? 'none';
  if (!DAYS_AHEAD.includes(feed)) return;
  const using = (policy?.rules ?? []).filter(
    rule => rule.active && [rule, ...rule.steps].some(one => one.if?.newPatient !== undefined),
  );
  const known = `Visits are only seen for the days ahead (feed ${feed}), so nobody's earlier visits are known and every patient looks new.`;
  if (using.length > 0)
    say('warn', `${known} Active rules that ask for newPatient: ${using.map(rule => rule.id).join(', ')}.`, [
      '→ Let them ask for visitTypes instead, those that new patients are booked under, or switch them off.',
    ]);
  else say('ok', `${known} No active rule asks for newPatient; let rules for new patients ask for visitTypes.`);
}

/** An EHR that answers about one at a time hears of nobody until somebody is named. */
export function checkRosters(
  { strategies, practitioners }: Pick<Connection, 'strategies' | 'practitioners'>,
  { say }: Report,
): void {
  const asked = Object.values(strategies).some(strategy => strategy.feed === 'by-practitioner');
  if (asked && practitioners.length === 0)
    say('warn', 'This EHR can only be asked about one practitioner at a time, and none is named: no visit is seen.', [
      '→ Name them in EHR_PRACTITIONERS: Practitioner/1,Practitioner/2.',
    ]);
}
