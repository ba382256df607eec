import type { Appointment, AppointmentParticipant, CodeableConcept } from '@medplum/fhirtypes';
import type { Temporal } from 'temporal-polyfill';
import type { Instant } from '../../../sync/domain/clock.ts';
import { coding, concept, SYSTEM, TELEHEALTH_LINK_URL } from './codes.ts';
import { localInstant, plusMinutes } from './days.ts';
import { type Person, patientRef } from './person.ts';
import { type Clinician, clinicianName } from './staff.ts';
import { type VisitTypeCode, visitType, visitTypeElements } from './visit-types.ts';

/** A visit before it becomes an Appointment. `chance` (0 to 1) is what luck did to it; time decides the rest. */
export type Visit = {
  id: string;
  type: VisitTypeCode;
  patients: readonly Person[];
  clinician: Clinician;
  day: Temporal.PlainDate;
  /** Half hours after eight in the morning, where the clinic is. */
  half: number;
  chance: number;
  isNew?: boolean;
  telehealth?: boolean;
  confidential?: boolean;
  status?: Appointment['status'];
  /** A referral this visit answers. */
  basedOn?: string;
  /** A visiting specialist, who is not in this EHR and so has only a name. */
  specialist?: string;
};

export const HALVES_OF_DAY = 18;

const startMinutes = (half: number): number => 8 * 60 + half * 30;

export function appointment(visit: Visit, now: Instant): Appointment {
  const type = visitType(visit.type);
  const { site } = visit.clinician;
  const start = localInstant(visit.day, startMinutes(visit.half), site.zone);
  const end = plusMinutes(start, type.minutes);
  const status = visit.status ?? statusAt(now, start, end, visit.chance);
  const leadDays = 2 + (Math.floor(visit.chance * 997) % 40);
  const created = [plusMinutes(start, -leadDays * 24 * 60), plusMinutes(now, -60)].sort()[0]!;
  const hasTime = status !== 'proposed';
  return {
    resourceType: 'Appointment',
    id: visit.id,
    ...(visit.confidential ? { meta: { security: [coding(SYSTEM.confidentiality, 'R', 'restricted')] } } : {}),
    ...(visit.telehealth
      ? { extension: [{ url: TELEHEALTH_LINK_URL, valueUrl: `https://video.riverside.example/v/${visit.id}` }] }
      : {}),
    status,
    ...(status === 'cancelled' ? { cancelationReason: cancelation(visit.chance) } : {}),
    serviceCategory: [
      visit.telehealth
        ? concept(SYSTEM.modality, 'telehealth', 'Telehealth')
        : concept(SYSTEM.modality, 'in-person', 'In person'),
    ],
    ...visitTypeElements(type, visit.isNew ?? false),
    ...(hasTime ? { start, end } : {}),
    minutesDuration: type.minutes,
    created,
    ...(visit.basedOn ? { basedOn: [{ reference: visit.basedOn }] } : {}),
    participant: participants(visit, status),
  };
}

/** What is believable at this moment: the past is settled, the present is happening, the future is mostly booked. */
function statusAt(now: Instant, start: Instant, end: Instant, chance: number): NonNullable<Appointment['status']> {
  if (end <= now) return chance < 0.82 ? 'fulfilled' : chance < 0.91 ? 'noshow' : 'cancelled';
  if (start <= now) return chance < 0.91 ? 'arrived' : 'noshow';
  return chance < 0.93 ? 'booked' : chance < 0.98 ? 'cancelled' : 'pending';
}

function cancelation(chance: number): CodeableConcept {
  return Math.floor(chance * 1000) % 3 === 0
    ? concept(SYSTEM.cancelation, 'prov', 'Provider')
    : concept(SYSTEM.cancelation, 'pat', 'Patient');
}

function participants(visit: Visit, status: NonNullable<Appointment['status']>): AppointmentParticipant[] {
  const { clinician } = visit;
  const isAhead = status === 'booked' || status === 'pending' || status === 'proposed' || status === 'waitlist';
  const answered = !isAhead || Math.floor(visit.chance * 100) % 3 === 0;
  const attender = [concept(SYSTEM.participationType, 'ATND', 'attender')];
  const doctor = visit.specialist
    ? { display: visit.specialist }
    : { reference: `Practitioner/${clinician.id}`, display: clinicianName(clinician) };
  return [
    ...visit.patients.map(
      (person): AppointmentParticipant => ({
        actor: { reference: patientRef(person), display: `${person.given} ${person.family}` },
        required: 'required',
        status: answered ? 'accepted' : 'needs-action',
      }),
    ),
    { type: attender, actor: doctor, required: 'required', status: 'accepted' },
    {
      actor: { reference: `Location/${clinician.site.id}`, display: clinician.site.name },
      required: 'required',
      status: 'accepted',
    },
  ];
}
