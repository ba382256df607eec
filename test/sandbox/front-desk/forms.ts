import type { Patient } from '@medplum/fhirtypes';
import { parsePhoneNumberFromString } from 'libphonenumber-js';
import { z } from 'zod';
import type { Instant } from '../../../sync/domain/clock.ts';
import { VISIT_TYPES } from '../practice/visit-types.ts';
import { type Booking, CANCEL_REASONS, type CancelReason, type Place } from './changes.ts';
import { Refused } from './chart.ts';
import { type Directory, patientName } from './directory.ts';
import type { Typed } from './fields.ts';
import { instantOf, isDate, localTime } from './local-time.ts';

/** Everything here throws Refused with all that is wrong, a sentence for each field. */
function read<T>(schema: z.ZodType<T>, typed: Typed): T {
  const result = schema.safeParse(typed);
  if (result.success) return result.data;
  throw new Refused(422, [...new Set(result.error.issues.map(({ message }) => message))].join(' '));
}

const chosen = (sentence: string) => z.string({ error: sentence }).min(1, sentence);
const date = chosen('Choose a date.').refine(isDate, 'The date must be one of the calendar, such as 2026-11-24.');
const time = chosen('Choose a time.').regex(
  /^([01]\d|2[0-3]):[0-5]\d$/,
  'The time must be one of the clock, such as 09:30.',
);
const place = z.object({ date, time, clinician: chosen('Choose a clinician.'), site: chosen('Choose a location.') });

/** `mayKeep`: the visit has a clinician who is not in this EHR, so `keep` is a choice. A time in the past is refused. */
export function readPlace(typed: Typed, directory: Directory, now: Instant, minutes: number, mayKeep: boolean): Place {
  const wanted = read(place, typed);
  const clinician = directory.clinicians.find(({ id }) => id === wanted.clinician);
  const site = directory.sites.find(({ id }) => id === wanted.site);
  if (!clinician && !(mayKeep && wanted.clinician === 'keep'))
    throw new Refused(422, 'Choose a clinician of this practice.');
  if (!site) throw new Refused(422, 'Choose a location of this practice.');
  const start = instantOf(wanted.date, wanted.time, site.zone);
  if (!start)
    throw new Refused(
      422,
      `At ${site.name} the clocks skip ${wanted.time} on that day. Choose an hour earlier or later.`,
    );
  if (start <= now) {
    const wall = localTime(now, site.zone);
    throw new Refused(
      422,
      `That time has passed: at ${site.name} it is ${wall.clock} ${wall.zone} on ${wall.day}. Choose a later time.`,
    );
  }
  return { start, minutes, clinician, site };
}

const booking = place.extend({
  patient: chosen('Choose a patient.'),
  type: z.enum(
    VISIT_TYPES.map(({ code }) => code),
    { error: 'Choose a type of visit.' },
  ),
});

export function readBooking(typed: Typed, directory: Directory, now: Instant): Booking {
  const wanted = read(booking, typed);
  const patient = directory.patients.get(`Patient/${wanted.patient}`);
  const type = VISIT_TYPES.find(({ code }) => code === wanted.type);
  if (!patient) throw new Refused(422, 'Choose a patient of this practice.');
  if (!type) throw new Refused(422, 'Choose a type of visit.');
  const where = readPlace(typed, directory, now, type.minutes, false);
  return {
    ...where,
    patient,
    patientName: patientName(patient),
    type,
    telehealth: typed.telehealth === 'yes',
    isNew: typed.new === 'yes',
  };
}

export function readReason({ reason = '' }: Typed): CancelReason {
  if (Object.hasOwn(CANCEL_REASONS, reason)) return reason as CancelReason;
  throw new Refused(422, 'Choose who cancelled.');
}

const mark = z.object({
  mark: z.enum(['arrived', 'noshow', 'fulfilled', 'restored'], { error: 'Choose what to do with the visit.' }),
});
export const readMark = (typed: Typed) => read(mark, typed).mark;

/** E.164, or undefined for "no number". */
export function readPhone({ phone = '' }: Typed): string | undefined {
  if (phone.trim() === '') return undefined;
  const number = parsePhoneNumberFromString(phone, 'US');
  if (!number?.isPossible() || number.ext)
    throw new Refused(422, 'This is not a mobile number. Write it with its area code, such as 312-555-0123.');
  return number.number;
}

export function readSurvivor({ into = '' }: Typed, leaving: string, directory: Directory): Patient {
  const survivor = directory.patients.get(`Patient/${into}`);
  if (!survivor) throw new Refused(422, 'Choose the record that stays.');
  if (survivor.id === leaving) throw new Refused(422, 'A record cannot be merged into itself. Choose another one.');
  if (survivor.link?.some(({ type }) => type === 'replaced-by'))
    throw new Refused(422, 'That record was itself merged into another. Choose the one that stayed.');
  return survivor;
}
