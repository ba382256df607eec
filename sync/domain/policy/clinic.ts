import { z } from 'zod';
import { calendarDate, duration, kebab, referenceTo, wallClock, zone } from './schema.ts';
import { US_STATE_ZONES } from './state-zones.ts';

const hours = z.strictObject({ from: wallClock, until: wallClock });

/** As FHIR's `Location.hoursOfOperation`; several for one day where it closes at noon. */
const hoursOfOperation = z
  .strictObject({
    daysOfWeek: z.array(z.enum(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'])).min(1),
    openingTime: wallClock,
    closingTime: wallClock,
  })
  .refine(({ openingTime, closingTime }) => openingTime < closingTime, {
    path: ['closingTime'],
    error: 'must be after the opening time, on the same day',
  });

/** Why texting without a recorded Consent is (not) allowed here, and who said so (`standards.md` §6.1). */
const consentPolicy = z.strictObject({
  withoutRecord: z.enum(['allow', 'refuse']),
  because: z.string().min(10),
  decidedBy: z.string().min(2),
  decidedOn: calendarDate,
});

const written = z.strictObject({
  name: z.string().min(2).max(40),
  phone: z.string().min(7),
  /** ISO country of phone numbers written without one. */
  country: z.string().length(2),
  zone,
  language: z.enum(['en', 'es']),
  /** What to do when a patient's language has no approved text. */
  whenLanguageMissing: z.enum(['skip', 'clinic-default', 'clinic-default-and-task', 'staff']),
  /** Follows the words that somebody gets in a language not theirs: how to have them explained, at no cost. */
  languageLine: z.string().min(10).max(80).optional(),
  locations: z.array(
    z.strictObject({
      reference: referenceTo('Location'),
      /** What patients read, where the practice has several: it must not say what the place is for. */
      name: z.string().min(2).max(40),
      zone,
      phone: z.string().optional(),
    }),
  ),
  /** Hosts that a text may link to, always by https. */
  linkHosts: z.array(z.string().regex(/^[a-z0-9.-]+$/, { error: 'must be a host name' })),
  /** Zones in which patients of a state may live: an automatic text must be civil in all of them. Those of the US are
   *  known; what is written here counts instead. */
  stateZones: z.record(z.string().regex(/^[A-Z]{2,3}$/), z.array(zone).min(1)).default({}),
  /** When somebody is there to answer, on the clock of `zone`: nothing is promised for other hours. */
  hoursOfOperation: z.array(hoursOfOperation).min(1),
  /** Holidays, on which nobody is there. */
  closedOn: z.array(calendarDate).default([]),
  sendingHours: z.strictObject({ weekday: hours, sunday: hours }),
  caps: z.strictObject({ perDay: z.int().min(1), perWeek: z.int().min(1) }),
  settling: z.strictObject({
    /** After a booking, while staff may still edit. */
    booking: duration,
    /** After a move, a cancellation or a restoration. */
    change: duration,
    /** Instead of both when the visit is nearer than `near`. */
    nearVisit: duration,
    near: duration,
    /** A cancellation and a new booking this close together are one move. */
    pairing: duration,
  }),
  /** Nothing is said about a visit that starts sooner than this. */
  leastLead: duration,
  /** A message about the same visit within this time makes a reminder unnecessary. */
  toldRecently: duration,
  adultAge: z.int().min(12).max(21),
  consent: z.strictObject({ sms: consentPolicy, email: consentPolicy }),
  brake: z.strictObject({ count: z.int().min(1), share: z.number().gt(0).max(1) }),
  /** Who answers what patients write, until they are sorted by what they say. */
  answersPatients: kebab,
  /** People and roles that Tasks wait for; patients read the name in their own language. */
  owners: z.record(kebab, z.strictObject({ en: z.string().min(2), es: z.string().min(2) })),
});

/** `mappings/clinic.yaml`: what is true of this practice, as data. Durations are elapsed time. */
export const Clinic = written.transform(clinic => ({
  ...clinic,
  stateZones: { ...(clinic.country === 'US' ? US_STATE_ZONES : {}), ...clinic.stateZones },
}));

export type Clinic = z.infer<typeof Clinic>;
