import type { DocumentReference, ServiceRequest } from '@medplum/fhirtypes';
import type { Temporal } from 'temporal-polyfill';
import type { Instant } from '../../../sync/domain/clock.ts';
import { concept, SYSTEM } from './codes.ts';
import { plusMinutes } from './days.ts';
import { type Person, patientRef } from './person.ts';
import { LINDQVIST, OKAFOR, SPECIALISTS, VEGA } from './staff.ts';

const CARDIOLOGIST = ['308471005', 'Referral to cardiologist'] as const;
const DERMATOLOGIST = ['308472003', 'Referral to dermatologist'] as const;
const NEUROLOGIST = ['308474002', 'Referral to neurologist'] as const;
const GASTRO = ['308476000', 'Referral to gastroenterologist'] as const;
const EYE = ['308479007', 'Referral to ophthalmologist'] as const;
const ORTHOPEDICS = ['308481009', 'Referral to orthopedic surgeon'] as const;
const RHEUMATOLOGIST = ['306290009', 'Referral to rheumatologist'] as const;

type Row = readonly [
  code: readonly [string, string],
  priority: ServiceRequest['priority'],
  ageDays: number,
  status: ServiceRequest['status'],
  /** Days after the order when the consult note came in; without it the loop is open. */
  noteAfterDays?: number,
];

/** Codes are of standards.md §5.1. Three "completed" orders have a note, one has none: completed is not closed. */
const ROWS: readonly Row[] = [
  [CARDIOLOGIST, 'urgent', 6, 'active'],
  [CARDIOLOGIST, 'routine', 9, 'active'],
  [DERMATOLOGIST, 'routine', 0, 'active'],
  [NEUROLOGIST, 'asap', 1, 'active'],
  [GASTRO, 'routine', 3, 'active'],
  [CARDIOLOGIST, 'stat', 0, 'active'],
  [EYE, 'routine', 14, 'active'],
  [ORTHOPEDICS, 'urgent', 12, 'active'],
  [RHEUMATOLOGIST, 'routine', 21, 'active'],
  [DERMATOLOGIST, undefined, 30, 'active'],
  [NEUROLOGIST, 'urgent', 34, 'active'],
  [GASTRO, 'routine', 45, 'active'],
  [EYE, 'routine', 60, 'active'],
  [ORTHOPEDICS, 'routine', 95, 'active'],
  [CARDIOLOGIST, 'routine', 40, 'completed', 25],
  [DERMATOLOGIST, 'urgent', 50, 'completed', 11],
  [EYE, 'routine', 75, 'completed', 33],
  [RHEUMATOLOGIST, 'routine', 80, 'completed'],
  [ORTHOPEDICS, 'routine', 28, 'revoked'],
  [GASTRO, 'routine', 2, 'draft'],
];

export function referrals(
  people: readonly Person[],
  crowd: readonly Person[],
  today: Temporal.PlainDate,
  now: Instant,
): (ServiceRequest | DocumentReference)[] {
  const known = ['walter-simms', 'harold-brandt'].map(id => people.find(person => person.id === id)!);
  const others = crowd.filter(person => !person.guardian);
  const subjects = [...known, ...others];
  return ROWS.flatMap((row, index) => {
    const request = referral(row, index, subjects[index]!, today, now);
    return row[4] === undefined ? [request] : [request, consultNote(request, row[4], now)];
  });
}

function referral(row: Row, index: number, person: Person, today: Temporal.PlainDate, now: Instant): ServiceRequest {
  const [code, priority, ageDays, status] = row;
  const requester = person.site === VEGA.site ? VEGA : index % 2 === 0 ? OKAFOR : LINDQVIST;
  const specialist = SPECIALISTS[code === CARDIOLOGIST ? 0 : 1 + (index % 2)]!;
  return {
    resourceType: 'ServiceRequest',
    id: `referral-${String(index + 1).padStart(2, '0')}`,
    status,
    intent: 'order',
    category: [concept(SYSTEM.snomed, '3457005', 'Patient referral')],
    ...(priority ? { priority } : {}),
    code: concept(SYSTEM.snomed, ...code),
    subject: { reference: patientRef(person), display: `${person.given} ${person.family}` },
    // Some EHRs send only the day: every third referral does.
    authoredOn: index % 3 === 2 ? today.subtract({ days: ageDays }).toString() : plusMinutes(now, -ageDays * 1440 - 90),
    requester: { reference: `Practitioner/${requester.id}` },
    performer: [{ reference: `Organization/${specialist.id}`, display: specialist.name }],
  };
}

function consultNote(request: ServiceRequest, afterDays: number, now: Instant): DocumentReference {
  const age = ROWS[Number(request.id!.slice(-2)) - 1]![2];
  return {
    resourceType: 'DocumentReference',
    id: `consult-note-${request.id}`,
    status: 'current',
    docStatus: 'final',
    type: concept(SYSTEM.loinc, '11488-4', 'Consult note'),
    subject: { reference: request.subject!.reference! },
    date: plusMinutes(now, (afterDays - age) * 1440),
    context: { related: [{ reference: `ServiceRequest/${request.id}` }] },
    content: [{ attachment: { contentType: 'text/plain', title: 'Consult note', data: 'U2VlbiBhbmQgdHJlYXRlZC4=' } }],
  };
}
