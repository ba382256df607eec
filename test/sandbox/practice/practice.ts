import type { Resource } from '@medplum/fhirtypes';
import type { Instant } from '../../../sync/domain/clock.ts';
import { crowd } from './crowd.ts';
import { type Days, daysAround, plusMinutes } from './days.ts';
import { openDiary } from './diary.ts';
import { ordinaryVisits } from './ordinary-visits.ts';
import { consents, type Person, patient, relatedPerson } from './person.ts';
import { seededRandom } from './random.ts';
import { referrals } from './referrals.ts';
import { specialPeople } from './special-people.ts';
import { specialVisits } from './special-visits.ts';
import { RIVERSIDE, type Site, staff } from './staff.ts';
import { threads } from './threads.ts';
import { appointment, type Visit } from './visit.ts';

const SEED = 20_261_121;

/**
 * A whole family practice as it stands at `now`: the same instant always gives the same practice, and the schedule
 * moves along by whole local days. Resources come in an order in which every reference is already there.
 */
export function practice(now: Instant): Resource[] {
  const random = seededRandom(SEED);
  const { today } = daysAround(now, RIVERSIDE.zone);
  const crowded = crowd(random, today);
  const people = [...specialPeople(today), ...crowded];
  const asked = plusMinutes(now, -90 * 24 * 60);
  return [
    ...staff(),
    ...people.map(patient),
    ...people.flatMap(relatedPerson),
    ...people.flatMap(person => consents(person, asked)),
    ...referrals(people, crowded, today, now),
    ...visits(people, crowded, now).map(visit => appointment(visit, now)),
    ...threads(now),
  ];
}

function visits(people: readonly Person[], crowded: readonly Person[], now: Instant): Visit[] {
  const daysAt = (site: Site): Days => daysAround(now, site.zone);
  const random = seededRandom(SEED + 1);
  const diary = openDiary();
  const special = specialVisits(people, daysAt);
  for (const visit of special) diary.enter(visit);
  return [...special, ...ordinaryVisits({ random, diary, crowd: crowded, daysAt })];
}
