import type { Instant } from '../clock.ts';
import type { Clinic } from '../policy/clinic.ts';
import type { Policy } from '../policy/policy.ts';
import type { Reason } from '../reasons.ts';
import { render } from '../text/render.ts';
import type { Language, Variables } from '../text/text.ts';
import { listWords, type VisitMoment, visitList, visitWords } from '../text/visit-words.ts';
import { localDate } from '../time.ts';
import type { PlannedMessage, Telling } from './plan.ts';

export type Worded = { body: string; subject?: string } | { cannot: Reason };

/** The words of one message, or of several that leave as one. All share text, language and medium. */
export function wordsOf(messages: PlannedMessage[], policy: Policy, now: Instant, more: Variables = {}): Worded {
  const first = messages[0] as PlannedMessage;
  const text = policy.texts[first.text];
  if (!text) return { cannot: 'text-missing' };
  if (text.reviewBy < localDate(now, policy.clinic.zone)) return { cannot: 'text-expired' };
  const visits = messages.flatMap(message => spoken(message).map(telling => ({ message, telling })));
  const form = new Set(visits.map(v => `${v.message.patient} ${v.telling.start}`)).size > 1 ? 'joined' : 'single';
  const variables = { ...variablesOf(first, policy.clinic), ...joinedVariables(visits, first), ...more };
  const rendered = render(text, first.language as Language, first.medium, variables, form);
  if ('ok' in rendered) return { body: rendered.ok, subject: rendered.subject };
  if ('blank' in rendered) return { cannot: 'blank-unfilled' };
  return { cannot: rendered.missing === 'language' ? 'language-missing' : 'text-missing' };
}

/** A move told by two records is one statement: the one that holds. */
const spoken = ({ tells }: PlannedMessage): Telling[] => {
  const live = tells.filter(telling => telling.live);
  return live.length > 0 ? live.slice(0, 1) : tells.slice(0, 1);
};

function variablesOf(message: PlannedMessage, clinic: Clinic): Variables {
  const base: Variables = { firstName: message.firstName, clinicName: clinic.name, clinicPhone: clinic.phone };
  const telling = spoken(message)[0];
  if (!telling) return base;
  const visit = momentOf(telling, message);
  const { before } = telling;
  const old = before?.start && visitWords(momentOf({ start: before.start, zone: before.zone }, message) as VisitMoment);
  return {
    ...base,
    ...(visit ? visitWords(visit) : {}),
    ...(old ? { oldWeekdayDate: old.weekdayDate, oldTime: old.time } : {}),
    clinicianName: telling.practitionerName,
    locationName: telling.locationName,
    telehealthLink: telling.telehealthLink,
  };
}

/** The zone is named when the reader may live in another one than the place of the visit (`scope.md` C2). */
function momentOf({ start, zone }: Pick<Telling, 'start' | 'zone'>, message: PlannedMessage): VisitMoment | undefined {
  if (!start) return undefined;
  const language = message.language as Language;
  return { start, zone, language, nameZone: message.zones.some(other => other !== zone) };
}

function joinedVariables(visits: { message: PlannedMessage; telling: Telling }[], first: PlannedMessage): Variables {
  const people = [...new Map(visits.map(v => [v.message.patient, v.message.firstName ?? ''])).values()];
  const several = people.length > 1;
  const moments = visits.flatMap(({ message, telling }) => {
    const moment = momentOf(telling, message);
    return moment ? [{ ...moment, ...(several ? { firstName: message.firstName } : {}) }] : [];
  });
  return {
    visits: visitList(moments.sort((a, b) => (a.start < b.start ? -1 : 1))),
    names: listWords(people, first.language as Language),
    count: String(visits.length),
  };
}
