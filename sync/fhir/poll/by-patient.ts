import { resourceProfile } from '../profile.ts';
import type { ChangesSince } from './feed.ts';
import { query } from './query.ts';
import { sweep } from './sweep.ts';
import { window } from './window.ts';

/**
 * One search for each patient of the roster, for vendors that allow nothing else (Epic). Visits within the window, of other
 * types all there is. A patient missing from the roster stays unseen.
 */
export const byPatient: ChangesSince = (client, type, cursor, options) => {
  const dated = type === 'Appointment' && allowsDate(options.profile, type) ? window(options) : undefined;
  const parts = (options.roster ?? []).map(patient => ({
    key: patient,
    path: query(type, [ofPatient(type, patient), ...(dated?.parameters ?? [])], options.profile),
  }));
  const within = dated === undefined ? {} : { within: { from: dated.from, to: dated.to } };
  return sweep(client, type, cursor, options, { kind: 'by-patient', parts, ...within });
};

const ofPatient = (type: string, patient: string): [string, string] =>
  type === 'Patient' ? ['_id', patient.replace(/^Patient\//, '')] : ['patient', patient];

function allowsDate(profile: Parameters<typeof resourceProfile>[0], type: string): boolean {
  const search = resourceProfile(profile, type)?.search;
  return search === 'as-declared' || (search?.includes('date') ?? false);
}
