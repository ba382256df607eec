import type { Instant } from '../clock.ts';
import type { Clinic } from '../policy/clinic.ts';
import { changeWords, howToJoin, type NewWords } from '../text/change-words.ts';
import type { Language, Variables } from '../text/text.ts';
import { atPlace, listWords, type VisitMoment, visitList, visitWords } from '../text/visit-words.ts';
import { byText, localDate } from '../time.ts';
import type { PlannedMessage, Telling } from './plan.ts';

/** A move told by two records is one statement: the one that holds. Visits at one hour and place are one as well. */
export function spoken({ tells }: PlannedMessage): Telling[] {
  const live = tells.filter(telling => telling.live);
  const once = live.filter((one, i) => live.findIndex(other => occasionOf(other) === occasionOf(one)) === i);
  return once.length > 0 ? once : tells.slice(0, 1);
}

/** Where and when somebody has to be. */
export const occasionOf = ({ start, telehealth, locationName = '' }: Telling): string =>
  `${start} ${telehealth ? 'video' : locationName}`;

/** What fills the blanks of one message, or of several that leave as one. */
export function blanksOf(messages: PlannedMessage[], clinic: Clinic, now: Instant): Variables {
  const first = messages[0] as PlannedMessage;
  return { ...ofClinic(first, clinic), ...ofVisit(first, clinic, now), ...ofAll(messages, clinic, now) };
}

const ofClinic = ({ firstName }: PlannedMessage, { name, phone }: Clinic): Variables => ({
  firstName,
  clinicName: name,
  clinicPhone: phone,
});

function ofVisit(message: PlannedMessage, clinic: Clinic, now: Instant): Variables {
  const [telling] = spoken(message);
  if (!telling) return {};
  const language = message.language as Language;
  const visit = momentOf(telling, message, now);
  const words = visit && visitWords(visit);
  const before = telling.before && momentOf({ ...telling.before, before: telling }, message, now);
  const old = before && visitWords(beside(before, visit));
  return {
    ...words,
    timeAndPlace: words && atPlace(words.time, placeToName(telling, clinic), language),
    changes: changesOf(telling, words, language),
    oldWeekdayDate: old?.weekdayDate,
    oldTime: old?.time,
    clinicianName: telling.practitionerName,
    locationName: telling.locationName,
    telehealthLink: telling.telehealthLink,
    howToJoin: howToJoin(telling.telehealthLink, language),
  };
}

/** "Your Nov 17 visit is now Nov 24, 2027": of two days in one year it is said once. */
function beside(before: VisitMoment, after: VisitMoment | undefined): VisitMoment {
  const year = ({ start, zone }: VisitMoment) => localDate(start, zone).slice(0, 4);
  return after && year(before) === year(after) ? { ...before, now: before.start } : before;
}

/** Where to come, for those who have the choice of going to the wrong place. */
const placeToName = ({ telehealth, locationName }: Telling, { locations }: Clinic): string | undefined =>
  !telehealth && locations.length > 1 ? locationName : undefined;

/** Undefined, and the text unsayable, when something has changed that we cannot name. */
function changesOf(telling: Telling, when: NewWords['when'], language: Language): string | undefined {
  const { changed = [], telehealth, locationName, practitionerName, telehealthLink } = telling;
  if (changed.length === 0) return undefined;
  const isNew = (part: (typeof changed)[number]) => changed.includes(part);
  if (isNew('place') && !locationName) return undefined;
  if (isNew('clinician') && !practitionerName) return undefined;
  return changeWords(
    {
      ...(isNew('hour') && when ? { when } : {}),
      ...(isNew('mode') ? { mode: telehealth ? 'video' : 'in-person' } : {}),
      ...(isNew('place') || (isNew('mode') && !telehealth) ? { place: locationName } : {}),
      ...(isNew('clinician') ? { clinician: practitionerName } : {}),
      ...(telehealth && (isNew('mode') || isNew('link')) ? { link: telehealthLink } : {}),
    },
    language,
  );
}

type Hour = Pick<Telling, 'start' | 'zone'> & { before?: { zone: string } };

/** The zone is named when the reader may live in another one than the place of the visit (`scope.md` C2), or when the
 *  visit goes from a place in one zone to a place in another. */
function momentOf({ start, zone, before }: Hour, message: PlannedMessage, now: Instant): VisitMoment | undefined {
  if (!start) return undefined;
  const nameZone = message.zones.some(other => other !== zone) || (before !== undefined && before.zone !== zone);
  return { start, zone, language: message.language as Language, nameZone, now };
}

function ofAll(messages: PlannedMessage[], clinic: Clinic, now: Instant): Variables {
  const people = [...new Map(messages.map(m => [m.patient, m.firstName ?? ''])).values()];
  const visits = messages.flatMap(message =>
    spoken(message).flatMap(telling => {
      const moment = momentOf(telling, message, now);
      const firstName = people.length > 1 ? message.firstName : undefined;
      return moment ? [{ ...moment, firstName, place: placeToName(telling, clinic) }] : [];
    }),
  );
  return {
    visits: visitList(visits.sort((a, b) => byText(a.start, b.start))),
    names: listWords(people, (messages[0] as PlannedMessage).language as Language),
    count: String(visits.length),
  };
}
