import type { Instant } from '../clock.ts';
import type { PatientFact } from '../facts/patient.ts';
import { addDays, atLocal, byText, localDate, plus, spanOf } from '../time.ts';
import type { Context } from './context.ts';
import { OTHERS_COUNT_FOR } from './stops.ts';
import { confirmBy, hasReached } from './told.ts';

/**
 * The next moment at which time alone may change what follows from these facts, whatever the rules make of it: a visit
 * begins, a child comes of age, a permission ends, a silence becomes long enough. Asked anew at each plan.
 */
export function nextTurn(context: Context): Instant | undefined {
  const { facts, visits, now } = context;
  const turns = [
    ...visits.flatMap(({ mirrored, told }) => [mirrored.fact.start, told?.state.start]),
    ...visits.flatMap(({ mirrored, told }) => (told ? [] : [confirmBy(mirrored, context.policy)])),
    ...facts.communications.flatMap(({ sent }) => (sent ? [plus(sent, OTHERS_COUNT_FOR)] : [])),
    ...endings(context),
    ...longSilences(context),
  ];
  return turns.filter((at): at is Instant => at !== undefined && at > now).sort(byText)[0];
}

function endings({ facts, policy: { clinic } }: Context): (Instant | undefined)[] {
  const { patient, relatedPersons, consents } = facts;
  const contacts = [patient, ...relatedPersons].flatMap(person => person?.telecom ?? []);
  return [
    ...consents.map(consent => consent.endsAt),
    ...relatedPersons.flatMap(person => [person.startsAt, person.endsAt]),
    ...contacts.flatMap(({ period }) => [spanOf(period?.start)?.first, justAfter(spanOf(period?.end)?.last)]),
    patient && comesOfAge(patient, clinic.adultAge, clinic.zone),
  ];
}

const justAfter = (at: Instant | undefined) => at && plus(at, 'PT0.001S');

/** The first midnight at which `ageOn` says so; a partial birth date counts from its last day. */
function comesOfAge({ birthDate }: PatientFact, age: number, zone: string): Instant | undefined {
  const born = spanOf(birthDate)?.last;
  if (!born) return undefined;
  const [year = '', ...monthDay] = localDate(born, 'UTC').split('-');
  // "9999-12-31" stands in some charts for an unknown day; no calendar goes beyond it.
  if (Number(year) + age > 9999) return undefined;
  const birthday = [String(Number(year) + age).padStart(4, '0'), ...monthDay].join('-');
  return atLocal(birthday.endsWith('-02-29') ? leapDay(birthday) : birthday, '00:00', zone);
}

const leapDay = (date: string) => (spanOf(date)?.first.startsWith(date) ? date : addDays(date.replace(/29$/, '28'), 1));

function longSilences({ facts, policy: { rules } }: Context): Instant[] {
  const wanted = rules
    .filter(rule => rule.active)
    .flatMap(rule => [rule.if, ...rule.steps.map(step => step.if)])
    .flatMap(conditions => conditions?.lastContactOlderThan ?? []);
  if (wanted.length === 0) return [];
  const contacts = [...facts.heardAt, ...facts.messages.filter(hasReached).flatMap(({ sentAt }) => sentAt ?? [])];
  return wanted.flatMap(length => contacts.map(at => justAfter(plus(at, length)) as Instant));
}
