import type { Appointment, Communication, ContactPoint, Patient, RelatedPerson } from '@medplum/fhirtypes';
import type { Instant } from '../../sync/domain/clock.ts';
import { plus } from '../../sync/domain/time.ts';
import type { Details, Event, Person, Story } from './story.ts';

/** The chart of a story: FHIR resources by reference, each as its last writer left it. */
export interface Chart {
  resources: Map<string, Patient | RelatedPerson | Appointment | Communication>;
  deleted: Set<string>;
}

const PLACES: Record<string, string> = { riverside: 'Location/location-riverside', mesa: 'Location/location-mesa' };
const VIDEO = { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'VR' }] };
const LINK = 'https://loopkeeper.org/fhir/StructureDefinition/telehealth-link';

export function openChart(people: Story['people'], now: Instant): Chart {
  const chart: Chart = { resources: new Map(), deleted: new Set() };
  for (const [i, [name, person]] of Object.entries(people).entries())
    putPerson(chart, name, { phone: `+1 312 555 01${String(i + 10)}`, born: '1980-05-05', ...person }, now);
  return chart;
}

function putPerson(chart: Chart, name: string, person: Person & { died?: boolean }, now: Instant): void {
  const old = chart.resources.get(`Patient/${name}`) as Patient | undefined;
  const telecom: ContactPoint[] = [
    ...(person.landline ? [{ system: 'phone' as const, use: 'home' as const, rank: 1, value: person.landline }] : []),
    ...(person.phone && !person.parent
      ? [{ system: 'phone' as const, use: 'mobile' as const, value: person.phone }]
      : []),
    ...(person.email ? [{ system: 'email' as const, value: person.email }] : []),
  ];
  put(
    chart,
    {
      ...old,
      resourceType: 'Patient',
      id: name,
      name: [{ given: [name[0]!.toUpperCase() + name.slice(1)], family: 'Reyes' }],
      birthDate: person.born ?? old?.birthDate,
      telecom: telecom.length > 0 || !old ? telecom : old.telecom,
      ...(person.died ? { deceasedBoolean: true } : {}),
      ...(person.state ? { address: [{ state: person.state }] } : {}),
      ...(person.language
        ? { communication: [{ language: { coding: [{ system: 'urn:ietf:bcp:47', code: person.language }] } }] }
        : {}),
    },
    now,
  );
  if (!person.parent) return;
  const relationship = [{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-RoleCode', code: 'PRN' }] }];
  const phone = [{ system: 'phone' as const, use: 'mobile' as const, value: person.parent }];
  put(
    chart,
    {
      resourceType: 'RelatedPerson',
      id: `parent-of-${name}`,
      patient: { reference: `Patient/${name}` },
      relationship,
      telecom: phone,
    },
    now,
  );
}

function put(chart: Chart, resource: Patient | RelatedPerson | Appointment | Communication, now: Instant): void {
  const reference = `${resource.resourceType}/${resource.id}`;
  const version = Number(chart.resources.get(reference)?.meta?.versionId ?? 0) + 1;
  chart.deleted.delete(reference);
  chart.resources.set(reference, {
    ...resource,
    meta: { ...resource.meta, versionId: String(version), lastUpdated: now },
  });
}

const visitOf = (chart: Chart, name: string): Appointment => {
  const found = chart.resources.get(`Appointment/${name}`);
  if (found?.resourceType !== 'Appointment') throw new Error(`The story has no visit "${name}" yet.`);
  return found;
};

/** What staff do at their desk. Returns false for events that are none of the EHR's. */
export function atTheDesk(chart: Chart, event: Event, now: Instant): boolean {
  const edit = (name: string, changes: Partial<Appointment>) =>
    put(chart, { ...visitOf(chart, name), ...changes }, now);
  if ('book' in event) put(chart, newVisit(event.book.visit, event.book.who, event.book.start, event.book), now);
  else if ('move' in event) edit(event.move.visit, hours(event.move.start));
  else if ('change' in event) edit(event.change.visit, changed(visitOf(chart, event.change.visit), event.change));
  else if ('cancel' in event)
    edit(event.cancel.visit, cancelled('reason' in event.cancel ? event.cancel.reason : undefined));
  else if ('rebook' in event) {
    const old = visitOf(chart, event.rebook.visit);
    edit(event.rebook.visit, cancelled());
    put(chart, { ...old, id: event.rebook.as, status: 'booked', ...hours(event.rebook.start), meta: {} }, now);
  } else if ('restore' in event) edit(event.restore.visit, { status: 'booked', cancelationReason: undefined });
  else if ('delete' in event) chart.deleted.add(`Appointment/${event.delete.visit}`);
  else if ('noshow' in event) edit(event.noshow.visit, { status: 'noshow' });
  else if ('arrive' in event) edit(event.arrive.visit, { status: 'arrived' });
  else if ('waitlist' in event) edit(event.waitlist.visit, { status: 'waitlist' });
  else if ('fulfil' in event) edit(event.fulfil.visit, { status: 'fulfilled' });
  else if ('decline' in event)
    edit(event.decline.visit, declined(visitOf(chart, event.decline.visit), event.decline.who));
  else if ('person' in event) putPerson(chart, event.person.who, event.person, now);
  else if ('toldElsewhere' in event) put(chart, saidElsewhere(visitOf(chart, event.toldElsewhere.visit), now), now);
  else return false;
  return true;
}

const hours = (start: Instant) => ({ start, end: plus(start, 'PT30M') });

function newVisit(id: string, who: string[], start: Instant, details: Details): Appointment {
  const bare: Appointment = {
    resourceType: 'Appointment',
    id,
    status: 'booked',
    ...hours(start),
    participant: who.map(name => ({ actor: { reference: `Patient/${name}` }, status: 'needs-action' })),
  };
  return { ...bare, ...changed(bare, { with: 'okafor', place: 'riverside', ...details }) };
}

function changed(visit: Appointment, { with: clinician, place, video, confidential }: Details): Partial<Appointment> {
  const others = visit.participant.filter(({ actor }) => {
    const reference = actor?.reference ?? '';
    return !(clinician && reference.startsWith('Practitioner/')) && !(place && reference.startsWith('Location/'));
  });
  return {
    participant: [
      ...others,
      ...(clinician
        ? [
            {
              actor: { reference: `Practitioner/${clinician}`, display: `Dr. ${clinician}` },
              status: 'accepted' as const,
            },
          ]
        : []),
      ...(place ? [{ actor: { reference: PLACES[place] ?? `Location/${place}` }, status: 'accepted' as const }] : []),
    ],
    ...(video === undefined
      ? {}
      : {
          serviceType: video ? [VIDEO] : [],
          extension: video ? [{ url: LINK, valueUrl: 'https://video.riverside.example/1' }] : [],
        }),
    ...(confidential
      ? { meta: { security: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality', code: 'R' }] } }
      : {}),
  };
}

const cancelled = (reason?: string): Partial<Appointment> => ({
  status: 'cancelled',
  ...(reason
    ? {
        cancelationReason: {
          coding: [{ system: 'http://terminology.hl7.org/CodeSystem/appointment-cancellation-reason', code: reason }],
        },
      }
    : {}),
});

const declined = (visit: Appointment, who: string): Partial<Appointment> => ({
  participant: visit.participant.map(one =>
    one.actor?.reference === `Patient/${who}` ? { ...one, status: 'declined' } : one,
  ),
});

const saidElsewhere = (visit: Appointment, now: Instant): Communication => ({
  resourceType: 'Communication',
  id: `elsewhere-${visit.id}-${Date.parse(now)}`,
  status: 'completed',
  subject: visit.participant[0]?.actor as Communication['subject'],
  about: [{ reference: `Appointment/${visit.id}` }],
  sent: now,
});
