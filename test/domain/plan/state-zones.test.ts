import { describe, expect, it } from 'vitest';
import { US_STATE_ZONES, zonesOf } from '../../../sync/domain/policy/state-zones.ts';
import { maySendAt, nextSendingTime } from '../../../sync/domain/sending-hours.ts';
import { isZone } from '../../../sync/domain/time.ts';
import { shippedPolicy, withClinic } from '../../support/policy.ts';

const { clinic } = shippedPolicy();

describe('a home state', () => {
  it.each<[written: string, zones: string[]]>([
    ['CO', ['America/Denver']],
    ['co ', ['America/Denver']],
    ['US-CO', ['America/Denver']],
    ['Colorado', ['America/Denver']],
    ['state of colorado', ['America/Denver']],
    ['N.Y.', ['America/New_York']],
    ['new  york', ['America/New_York']],
    ["Hawai'i", ['Pacific/Honolulu']],
    ['Washington', ['America/Los_Angeles']],
    ['Washington, D.C.', ['America/New_York']],
    ['U.S. Virgin Islands', ['America/St_Thomas']],
    ['Commonwealth of the Northern Mariana Islands', ['Pacific/Saipan']],
    ['Tennessee', ['America/New_York', 'America/Chicago']],
    ['TX', ['America/Chicago', 'America/Denver']],
    ['AZ', ['America/Phoenix', 'America/Denver']],
  ])('written %s', (written, zones) => expect(zonesOf(written, clinic)).toEqual(zones));

  it.each([undefined, '', ' '])('that is %j is that of the practice', state =>
    expect(zonesOf(state, clinic)).toEqual([clinic.zone]),
  );

  it.each(['Ilinois', 'ON', 'unknown', 'constructor'])('that is %s may be any, the nearest first', state => {
    const zones = zonesOf(state, clinic);
    expect(zones[0]).toBe(clinic.zone);
    expect(new Set(zones)).toEqual(new Set(Object.values(US_STATE_ZONES).flat()));
  });

  it('may be on a list of the practice, which counts', () => {
    const far = withClinic(shippedPolicy(), { stateZones: { ...US_STATE_ZONES, TX: ['America/Chicago'] } });
    expect(zonesOf('Texas', far.clinic)).toEqual(['America/Chicago']);
  });
});

it('knows every state and territory, each in zones that there are', () => {
  expect(Object.keys(US_STATE_ZONES)).toHaveLength(56);
  expect(Object.values(US_STATE_ZONES).flat().every(isZone)).toBe(true);
});

it.each(['2026-01-12', '2026-07-13'])('leaves an hour even to those who may live anywhere, on %s', day => {
  const zones = zonesOf('?', clinic);
  const at = nextSendingTime(`${day}T12:00:00.000Z`, zones, clinic.sendingHours);
  expect(at).toBe(`${day}T23:00:00.000Z`);
  expect(maySendAt(`${day}T22:59:00.000Z`, zones, clinic.sendingHours)).toBe(false);
});
