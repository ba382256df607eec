import type { WithId } from '@medplum/core';
import type { Appointment, Patient } from '@medplum/fhirtypes';
import type { Instant } from '../../../sync/domain/clock.ts';
import { SYSTEM, TELEHEALTH_LINK_URL } from '../practice/codes.ts';
import { NEW_PATIENT } from '../practice/visit-types.ts';
import { type Clinician, type Directory, patientName, type Site } from './directory.ts';
import { type LocalTime, localTime } from './local-time.ts';

export type Attendee = { ref: string; name: string; confirmed: boolean; patient: Patient | undefined };

/** An Appointment as the desk reads it. `start` is missing when there is only a request. */
export type VisitView = {
  appointment: WithId<Appointment>;
  version: string;
  start: LocalTime | undefined;
  minutes: number;
  attendees: readonly Attendee[];
  clinician: Clinician | undefined;
  clinicianName: string;
  site: Site;
  typeName: string;
  telehealthLink: string | undefined;
  isTelehealth: boolean;
  isNew: boolean;
  isConfidential: boolean;
};

/** Throws when the practice has no location at all: then no time can be shown. */
export function viewVisit(appointment: WithId<Appointment>, directory: Directory): VisitView {
  const refs = appointment.participant.map(({ actor }) => actor?.reference);
  const clinician = directory.clinicians.find(({ id }) => refs.includes(`Practitioner/${id}`));
  const site =
    directory.sites.find(({ id }) => refs.includes(`Location/${id}`)) ??
    directory.sites.find(({ id }) => id === clinician?.siteId) ??
    directory.sites[0];
  if (!site) throw new Error('This practice has no Location, so no visit can be shown in local time.');
  const attending = appointment.participant.find(({ type }) => type?.some(hasAttender));
  return {
    appointment,
    version: appointment.meta?.versionId ?? '',
    start: appointment.start ? localTime(appointment.start, site.zone) : undefined,
    minutes: minutesOf(appointment),
    attendees: attendees(appointment, directory),
    clinician,
    clinicianName: clinician?.name ?? attending?.actor?.display ?? 'No clinician',
    site,
    typeName: appointment.serviceType?.[0]?.text ?? appointment.serviceType?.[0]?.coding?.[0]?.display ?? 'Visit',
    telehealthLink: appointment.extension?.find(({ url }) => url === TELEHEALTH_LINK_URL)?.valueUrl,
    isTelehealth: appointment.serviceCategory?.some(hasTelehealth) ?? false,
    isNew: appointment.appointmentType?.coding?.some(({ code }) => code === NEW_PATIENT.code) ?? false,
    isConfidential: appointment.meta?.security?.some(({ code }) => code === 'R' || code === 'V') ?? false,
  };
}

type Concept = { coding?: { system?: string; code?: string }[] };
const hasAttender = ({ coding }: Concept): boolean => coding?.some(({ code }) => code === 'ATND') ?? false;
const hasTelehealth = ({ coding }: Concept): boolean =>
  coding?.some(({ system, code }) => system === SYSTEM.modality && code === 'telehealth') ?? false;

function minutesOf({ start, end, minutesDuration }: Appointment): number {
  const spanned = start && end ? Math.round((Date.parse(end) - Date.parse(start)) / 60_000) : undefined;
  return spanned ?? minutesDuration ?? 30;
}

function attendees(appointment: Appointment, directory: Directory): Attendee[] {
  return appointment.participant.flatMap(({ actor, status }) => {
    const ref = actor?.reference;
    if (!ref?.startsWith('Patient/')) return [];
    const patient = directory.patients.get(ref);
    const name = patient ? patientName(patient) : (actor?.display ?? ref);
    return [{ ref, name, confirmed: status === 'accepted', patient }];
  });
}

export const isAhead = (view: VisitView, now: Instant): boolean => (view.appointment.start ?? '9') > now;

const STATUS_WORDS: Partial<Record<Appointment['status'], string>> = {
  fulfilled: 'done',
  noshow: 'no-show',
  'checked-in': 'checked in',
  proposed: 'requested',
  'entered-in-error': 'entered in error',
};

export const statusWord = (status: Appointment['status']): string => STATUS_WORDS[status] ?? status;

/** One line for a heading or a card: a group is named by its size. */
export function visitTitle({ attendees, typeName }: VisitView): string {
  if (attendees.length > 1) return `${typeName} (${attendees.length} people)`;
  return attendees[0]?.name ?? typeName;
}
