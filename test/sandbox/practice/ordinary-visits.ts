import type { Days } from './days.ts';
import { type Diary, halvesOf } from './diary.ts';
import type { Person } from './person.ts';
import type { Random } from './random.ts';
import { CLINICIANS, type Clinician, type Site } from './staff.ts';
import { HALVES_OF_DAY, type Visit } from './visit.ts';
import type { VisitTypeCode } from './visit-types.ts';

const FIRST_WORKDAY = -12;
const LAST_WORKDAY = 20;

const ADULT: readonly VisitTypeCode[] = [
  'check-up',
  'follow-up',
  'follow-up',
  'office-visit',
  'office-visit',
  'vaccination',
  'nutrition',
];
const CHILD: readonly VisitTypeCode[] = ['well-child', 'vaccination', 'office-visit'];

/** How full a half hour is likely to be: today is busy, the coming days are filling, the rest is thin. */
function density(workday: number): number {
  if (workday === 0) return 0.75;
  if (workday < 0) return 0.16;
  return workday <= 2 ? 0.45 : workday <= 7 ? 0.22 : 0.11;
}

type Setting = { random: Random; diary: Diary; crowd: readonly Person[]; daysAt: (site: Site) => Days };

/** Numbered in the order of the diary, so the same slot has the same id all day long. */
export function ordinaryVisits(setting: Setting): Visit[] {
  const visits: Visit[] = [];
  for (let workday = FIRST_WORKDAY; workday <= LAST_WORKDAY; workday++)
    for (const clinician of CLINICIANS)
      for (let half = 0; half < HALVES_OF_DAY; half++) {
        const visit = maybeVisit(setting, clinician, workday, half, visits.length + 1);
        if (!visit) continue;
        setting.diary.enter(visit);
        visits.push(visit);
      }
  return visits;
}

function maybeVisit(
  setting: Setting,
  clinician: Clinician,
  workday: number,
  half: number,
  number: number,
): Visit | undefined {
  const { random, diary } = setting;
  const day = setting.daysAt(clinician.site).workday(workday);
  const isWanted = random.next() < density(workday);
  if (!isWanted || !diary.isFree(clinician, day, half, 1)) return undefined;
  const from = Math.floor(random.next() * setting.crowd.length);
  const queue = [...setting.crowd.slice(from), ...setting.crowd.slice(0, from)];
  const person = queue.find(
    one => one.site === clinician.site && (clinician.seesChildren || !one.guardian) && diary.isRested(one, day),
  );
  if (!person) return undefined;
  const type = workday < 0 && random.next() < 0.06 ? 'walk-in' : random.pick(person.guardian ? CHILD : ADULT);
  if (!diary.isFree(clinician, day, half, halvesOf({ type }))) return undefined;
  const telehealth = (type === 'follow-up' || type === 'nutrition') && random.next() < 0.3;
  const isNew = type === 'office-visit' && random.next() < 0.2;
  const id = `appointment-${String(number).padStart(4, '0')}`;
  return { id, type, patients: [person], clinician, day, half, chance: random.next(), telehealth, isNew };
}
