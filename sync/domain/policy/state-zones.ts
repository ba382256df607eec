import type { Clinic } from './clinic.ts';

const EASTERN = 'America/New_York';
const CENTRAL = 'America/Chicago';
const MOUNTAIN = 'America/Denver';
const PACIFIC = 'America/Los_Angeles';

/** USPS code, English name, and every zone in which somebody of that state may live. */
const US: [code: string, name: string, ...zones: string[]][] = [
  ['AL', 'Alabama', CENTRAL],
  ['AK', 'Alaska', 'America/Anchorage', 'America/Adak'],
  // The Navajo Nation keeps the summer time that the rest of Arizona does not.
  ['AZ', 'Arizona', 'America/Phoenix', MOUNTAIN],
  ['AR', 'Arkansas', CENTRAL],
  ['CA', 'California', PACIFIC],
  ['CO', 'Colorado', MOUNTAIN],
  ['CT', 'Connecticut', EASTERN],
  ['DE', 'Delaware', EASTERN],
  ['DC', 'District of Columbia', EASTERN],
  ['FL', 'Florida', EASTERN, CENTRAL],
  ['GA', 'Georgia', EASTERN],
  ['HI', 'Hawaii', 'Pacific/Honolulu'],
  ['ID', 'Idaho', MOUNTAIN, PACIFIC],
  ['IL', 'Illinois', CENTRAL],
  ['IN', 'Indiana', EASTERN, CENTRAL],
  ['IA', 'Iowa', CENTRAL],
  ['KS', 'Kansas', CENTRAL, MOUNTAIN],
  ['KY', 'Kentucky', EASTERN, CENTRAL],
  ['LA', 'Louisiana', CENTRAL],
  ['ME', 'Maine', EASTERN],
  ['MD', 'Maryland', EASTERN],
  ['MA', 'Massachusetts', EASTERN],
  ['MI', 'Michigan', EASTERN, CENTRAL],
  ['MN', 'Minnesota', CENTRAL],
  ['MS', 'Mississippi', CENTRAL],
  ['MO', 'Missouri', CENTRAL],
  ['MT', 'Montana', MOUNTAIN],
  ['NE', 'Nebraska', CENTRAL, MOUNTAIN],
  ['NV', 'Nevada', PACIFIC, MOUNTAIN],
  ['NH', 'New Hampshire', EASTERN],
  ['NJ', 'New Jersey', EASTERN],
  ['NM', 'New Mexico', MOUNTAIN],
  ['NY', 'New York', EASTERN],
  ['NC', 'North Carolina', EASTERN],
  ['ND', 'North Dakota', CENTRAL, MOUNTAIN],
  ['OH', 'Ohio', EASTERN],
  ['OK', 'Oklahoma', CENTRAL],
  ['OR', 'Oregon', PACIFIC, MOUNTAIN],
  ['PA', 'Pennsylvania', EASTERN],
  ['RI', 'Rhode Island', EASTERN],
  ['SC', 'South Carolina', EASTERN],
  ['SD', 'South Dakota', CENTRAL, MOUNTAIN],
  ['TN', 'Tennessee', EASTERN, CENTRAL],
  ['TX', 'Texas', CENTRAL, MOUNTAIN],
  ['UT', 'Utah', MOUNTAIN],
  ['VT', 'Vermont', EASTERN],
  ['VA', 'Virginia', EASTERN],
  ['WA', 'Washington', PACIFIC],
  ['WV', 'West Virginia', EASTERN],
  ['WI', 'Wisconsin', CENTRAL],
  ['WY', 'Wyoming', MOUNTAIN],
  ['PR', 'Puerto Rico', 'America/Puerto_Rico'],
  ['VI', 'Virgin Islands', 'America/St_Thomas'],
  ['GU', 'Guam', 'Pacific/Guam'],
  ['MP', 'Northern Mariana Islands', 'Pacific/Saipan'],
  ['AS', 'American Samoa', 'Pacific/Pago_Pago'],
];

export const US_STATE_ZONES: Record<string, string[]> = Object.fromEntries(
  US.map(([code, , ...zones]) => [code, zones]),
);

const CODES = new Map([...US.map(([code, name]) => [name.toUpperCase(), code] as const), ['WASHINGTON DC', 'DC']]);

/** "CO", "co ", "US-CO", "Colorado" and "State of Colorado" are one; what is none of them stays as it was written. */
function codeOf(state: string): string {
  const plain = state
    .toUpperCase()
    .replace(/[.'’ʻ]/g, '')
    .replace(/[\s,]+/g, ' ')
    .trim();
  const name = plain.replace(/^USA?[- ]/, '').replace(/^(STATE|COMMONWEALTH|TERRITORY) OF (THE )?/, '');
  return CODES.get(name) ?? name;
}

type Places = Pick<Clinic, 'stateZones' | 'zone'>;

/** Undefined for a state that nobody has put on the list. */
export const knownZones = (state: string, { stateZones }: Places): string[] | undefined => stateZones[codeOf(state)];

/**
 * The zones in which somebody with this home state may be: a text must be civil in all of them. Without a state it is
 * the practice's; a state that we cannot read may be any, Guam among them (law 4: it fails closed).
 */
export function zonesOf(state: string | undefined, clinic: Places): string[] {
  if (!state?.trim()) return [clinic.zone];
  return knownZones(state, clinic) ?? [...new Set([clinic.zone, ...Object.values(clinic.stateZones).flat()])];
}
