import type { Days } from './days.ts';
import type { Person } from './person.ts';
import { type Clinician, LINDQVIST, OKAFOR, RAMAN, type Site, VEGA } from './staff.ts';
import type { Visit } from './visit.ts';
import type { VisitTypeCode } from './visit-types.ts';

type Row = readonly [
  id: string,
  person: string,
  clinician: Clinician,
  workday: number,
  half: number,
  type: VisitTypeCode,
  more?: Partial<Visit>,
];

/** Half hours after eight: 2 is 9:00, 4 is 10:00, 10 is 13:00, 12 is 14:00. No row of one clinician overlaps another. */
const ROWS: readonly Row[] = [
  ['ana-reyes', 'ana-reyes', OKAFOR, 2, 4, 'follow-up'],
  ['diego-ortega', 'diego-ortega', RAMAN, 1, 2, 'well-child'],
  ['lucia-ortega', 'lucia-ortega', RAMAN, 1, 3, 'well-child'],
  ['tomas-ortega', 'tomas-ortega', RAMAN, 1, 4, 'vaccination'],
  ['harold-brandt', 'harold-brandt', LINDQVIST, 1, 10, 'check-up'],
  ['irene-brandt', 'irene-brandt', LINDQVIST, 1, 11, 'follow-up'],
  ['noah-whitfield', 'noah-whitfield', OKAFOR, 3, 2, 'well-child'],
  ['emma-lund', 'emma-lund', OKAFOR, 2, 13, 'well-child'],
  ['jaylen-brooks', 'jaylen-brooks', RAMAN, 4, 3, 'vaccination'],
  ['zoe-marchetti', 'zoe-marchetti', RAMAN, 3, 14, 'health-counselling', { confidential: true }],
  ['caleb-novak-before-18', 'caleb-novak', OKAFOR, 2, 3, 'office-visit'],
  ['caleb-novak-after-18', 'caleb-novak', OKAFOR, 8, 3, 'follow-up'],
  ['leo-vance', 'leo-vance', OKAFOR, 3, 5, 'office-visit'],
  ['samuel-ito', 'samuel-ito', LINDQVIST, 2, 2, 'check-up'],
  ['dorothy-hale', 'dorothy-hale', LINDQVIST, 2, 4, 'follow-up'],
  ['priyanka-nair', 'priyanka-nair', VEGA, 3, 2, 'office-visit', { isNew: true }],
  ['victor-sandoval', 'victor-sandoval', VEGA, 2, 2, 'follow-up'],
  ['ruth-abernathy', 'ruth-abernathy', LINDQVIST, 4, 2, 'check-up'],
  ['tessa-quill', 'tessa-quill', OKAFOR, 2, 15, 'follow-up', { telehealth: true }],
  ['celeste-moreau', 'celeste-moreau', LINDQVIST, 2, 6, 'check-up'],
  ['george-papas', 'george-papas', LINDQVIST, 3, 3, 'follow-up'],
  ['minh-tran', 'minh-tran', VEGA, 3, 4, 'check-up'],
  ['kelly-brennan', 'kelly-brennan', OKAFOR, 2, 6, 'office-visit'],
  ['oscar-feld', 'oscar-feld', VEGA, 3, 6, 'follow-up'],
  ['nadia-haddad-morning', 'nadia-haddad', OKAFOR, 2, 2, 'check-up'],
  ['nadia-haddad-afternoon', 'nadia-haddad', LINDQVIST, 2, 12, 'nutrition'],
  ['walter-simms', 'walter-simms', LINDQVIST, 2, 14, 'check-up'],
  ['edith-carroway', 'edith-carroway', OKAFOR, 3, 12, 'follow-up'],
  ['margaret-odonnell-old', 'margaret-odonnell-old', VEGA, 4, 3, 'follow-up'],
  ['margaret-odonnell', 'margaret-odonnell', VEGA, 11, 3, 'check-up'],
  ['evelyn-marsh', 'evelyn-marsh', VEGA, 3, 12, 'office-visit'],
  ['test-zzloopkeeper', 'test-zzloopkeeper', LINDQVIST, 1, 15, 'office-visit'],
  ['requested-without-time', 'george-papas', OKAFOR, 12, 15, 'nutrition', { status: 'proposed' }],
  ['specialist-referral-01', 'walter-simms', OKAFOR, 6, 12, 'specialist', referred('01')],
  ['specialist-referral-02', 'harold-brandt', OKAFOR, 6, 13, 'specialist', referred('02')],
];

function referred(number: string): Partial<Visit> {
  return { basedOn: `ServiceRequest/referral-${number}`, specialist: 'Dr. Hugo Stern, Lakeside Cardiology' };
}

/** Every special visit lies ahead and stays booked whatever the hour, so that each difficulty can be watched. */
export function specialVisits(people: readonly Person[], daysAt: (site: Site) => Days): Visit[] {
  const find = (id: string): Person => people.find(person => person.id === id)!;
  const single = ROWS.map(
    ([id, person, clinician, workday, half, type, more]): Visit => ({
      id: `appointment-${id}`,
      type,
      patients: [find(person)],
      clinician,
      day: daysAt(clinician.site).workday(workday),
      half,
      chance: 0.5,
      status: 'booked',
      ...more,
    }),
  );
  const group = people.filter(person => person.site.id === 'location-mesa' && !person.guardian);
  const diabetes: Visit = {
    id: 'appointment-diabetes-group',
    type: 'diabetes-group',
    patients: group.slice(-5),
    clinician: VEGA,
    day: daysAt(VEGA.site).workday(5),
    half: 12,
    chance: 0.5,
    status: 'booked',
  };
  return [...single, diabetes];
}
