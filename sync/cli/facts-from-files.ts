import type { Appointment, Resource } from '@medplum/fhirtypes';
import type { Instant } from '../domain/clock.ts';
import { readAppointment } from '../domain/facts/appointment.ts';
import { factOf, type Reference } from '../domain/facts/fact.ts';
import { reachableIn } from '../domain/facts/reachable.ts';
import { recordsOf } from '../domain/facts/records.ts';
import { firstStateOf, patientsOf } from '../domain/mirror.ts';
import type { MirroredAppointment, PatientFacts } from '../domain/plan/facts.ts';
import { byText, earliest, instant } from '../domain/time.ts';

interface Circumstances {
  now: Instant;
  country: string;
  /** As if every visit had been booked this moment; else as a first import sees them, which is silent about bookings. */
  asNew: boolean;
}

/**
 * The facts of every patient whom these resources concern, as the service would know them after reading nothing but
 * these. Pure. `test/cli/facts-from-files.test.ts` holds it to what the mirror says of the same resources.
 */
export function factsFrom(resources: Resource[], circumstances: Circumstances): PatientFacts[] {
  const concerning = new Map<Reference, Resource[]>();
  for (const resource of resources)
    for (const patient of patientsOf(resource)) {
      const about = concerning.get(patient);
      if (about) about.push(resource);
      else concerning.set(patient, [resource]);
    }
  const shared = sharedAddresses(resources, circumstances);
  return [...concerning]
    .sort(([a], [b]) => byText(a, b))
    .map(([reference, about]) => ({
      reference,
      ...recordsOf(reference, about),
      appointments: about.flatMap(r => (r.resourceType === 'Appointment' ? mirrored(r, circumstances) : [])),
      messages: [],
      tasks: [],
      replies: [],
      heardAt: [],
      optOuts: [],
      sharedAddresses: shared.get(reference) ?? {},
      badAddresses: {},
    }));
}

function mirrored(appointment: Appointment, { now, asNew }: Circumstances): MirroredAppointment[] {
  const state = firstStateOf(appointment);
  if (!state) return [];
  const at = asNew ? now : (earliest(instant(appointment.meta?.lastUpdated), now) ?? now);
  return factOf(readAppointment(appointment)).map(fact => ({
    fact,
    deleted: false,
    firstSeen: { at, imported: !asNew, state, seenAt: now },
    changedAt: at,
  }));
}

/** A number typed in for want of a better one may stand on thousands of charts; that others have it is all that counts. */
const FEW = 20;

/** For each patient the addresses at which others are reached too, and who they are. */
function sharedAddresses(resources: Resource[], { country, now }: Circumstances) {
  const homes = new Map<string, Set<Reference>>();
  for (const { patient, addresses } of reachableIn(resources, country, now))
    for (const address of addresses) homes.set(address, (homes.get(address) ?? new Set()).add(patient));
  const shared = new Map<Reference, Record<string, Reference[]>>();
  for (const [address, patients] of homes) {
    if (patients.size < 2) continue;
    const some = [...patients].sort(byText).slice(0, FEW);
    for (const patient of patients)
      shared.set(patient, { ...shared.get(patient), [address]: some.filter(other => other !== patient) });
  }
  return shared;
}
