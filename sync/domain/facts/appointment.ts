import type { Appointment, AppointmentParticipant } from '@medplum/fhirtypes';
import type { Instant } from '../clock.ts';
import { instant } from '../time.ts';
import type { Finding, Read, Reference, Token } from './fact.ts';
import { hasUnknownModifier, idOf, isRestricted, LOOPKEEPER, referenceOf, tokens, typeOf } from './fhir.ts';

export interface AppointmentFact {
  reference: Reference;
  status: Appointment['status'];
  start?: Instant;
  end?: Instant;
  created?: Instant;
  lastUpdated?: Instant;
  /** R4 has no patient element: zero (blocked time), one, or many (group visit). */
  patients: { reference: Reference; status: AppointmentParticipant['status'] }[];
  practitioners: Reference[];
  locations: Reference[];
  practitionerName?: string;
  visitTypes: Token[];
  telehealth: boolean;
  telehealthLink?: string;
  /** Its category is in a code system that we do not know: by video or not, it does not say so to us. */
  categoryUnknown: boolean;
  /** Labelled restricted: never to a shared or guardian address, never joined with another visit. */
  confidential: boolean;
  cancelReason: Token[];
  basedOn: Reference[];
}

const LINK = `${LOOPKEEPER}/StructureDefinition/telehealth-link`;
const TELEHEALTH: Token[] = [
  `${LOOPKEEPER}/CodeSystem/modality|telehealth`,
  'http://terminology.hl7.org/CodeSystem/v3-ActCode|VR',
];

/** Code systems of serviceCategory in which we would find "by video", if it were so. */
const CATEGORIES = [
  `${LOOPKEEPER}/CodeSystem/modality|`,
  'http://terminology.hl7.org/CodeSystem/v3-ActCode|',
  'http://terminology.hl7.org/CodeSystem/service-category|',
];

const isUnknownCategory = (categories: Token[]): boolean =>
  categories.length > 0 && !categories.some(category => CATEGORIES.some(system => category.startsWith(system)));

/** Reads an R4 Appointment (`standards.md` §1.1). `visitTypes` is everything that classifies it, in any coding. */
export function readAppointment(resource: Appointment): Read<AppointmentFact> {
  const reference = idOf(resource);
  const findings: Finding[] = [];
  const problem = (text: string) => findings.push({ about: reference, problem: text });
  if (hasUnknownModifier(resource)) {
    problem('It carries a modifierExtension we do not know, which may change what it means; it is not used.');
    return { unusable: findings };
  }
  const start = instant(resource.start);
  if (resource.start && !start)
    problem('start is not an instant with a time zone; the visit cannot be placed in time.');
  const participants = resource.participant ?? [];
  const actors = participants.map(p => ({ reference: referenceOf(p.actor), participant: p }));
  const patients = actors.flatMap(({ reference: actor, participant }) =>
    actor && typeOf(actor) === 'Patient' ? [{ reference: actor, status: participant.status }] : [],
  );
  if (!STATUSES.includes(resource.status))
    problem('Its status is missing or none that FHIR knows; nothing follows from it.');
  if (patients.length === 0) problem('No participant refers to a Patient, so there is nobody to tell.');
  if (!start && needsStart(resource.status)) problem(`Its status is ${resource.status}, yet it has no usable start.`);
  const link = resource.extension?.find(e => e.url === LINK)?.valueUrl;
  const fact: AppointmentFact = {
    reference,
    status: resource.status,
    start,
    end: instant(resource.end),
    created: instant(resource.created),
    lastUpdated: instant(resource.meta?.lastUpdated),
    patients,
    practitioners: ofType(actors, 'Practitioner', 'PractitionerRole'),
    locations: ofType(actors, 'Location'),
    practitionerName: actors.find(a => a.reference && typeOf(a.reference).startsWith('Practitioner'))?.participant.actor
      ?.display,
    visitTypes: tokens(
      ...(resource.serviceType ?? []),
      ...(resource.serviceCategory ?? []),
      ...(resource.specialty ?? []),
      resource.appointmentType,
    ),
    telehealth: false,
    categoryUnknown: isUnknownCategory(tokens(...(resource.serviceCategory ?? []))),
    telehealthLink: link,
    confidential: isRestricted(resource),
    cancelReason: tokens(resource.cancelationReason),
    basedOn: (resource.basedOn ?? []).flatMap(r => referenceOf(r) ?? []),
  };
  fact.telehealth = link !== undefined || fact.visitTypes.some(type => TELEHEALTH.includes(type));
  if (fact.telehealth && !link) problem('It is a video visit without an access link.');
  return { fact, findings };
}

const STATUSES = [
  'proposed',
  'pending',
  'booked',
  'arrived',
  'fulfilled',
  'cancelled',
  'noshow',
  'entered-in-error',
  'checked-in',
  'waitlist',
];

const needsStart = (status: Appointment['status']) => !['proposed', 'cancelled', 'waitlist'].includes(status);

const ofType = (actors: { reference?: Reference }[], ...types: string[]): Reference[] =>
  actors.flatMap(a => (a.reference && types.includes(typeOf(a.reference)) ? [a.reference] : []));
