import { describe, expect, it } from 'vitest';
import type { MirroredAppointment, PatientFacts } from '../../../sync/domain/plan/facts.ts';
import { planFor } from '../../../sync/domain/plan/plan-for.ts';
import type { Policy } from '../../../sync/domain/policy/policy.ts';
import { facts, visit } from '../../support/facts.ts';
import { shippedPolicy, withClinic } from '../../support/policy.ts';
import { FRIDAY, gone, messageOf, NOON, THURSDAY } from '../../support/scene.ts';

const policy = shippedPolicy();
const onePlace = withClinic(policy, { locations: policy.clinic.locations.slice(0, 1) });
const REMINDED = '2026-11-25T16:00:00.000Z';
const AFTER = '2026-11-25T17:00:00.000Z';
const LINK = 'https://video.riverside.example/1';
const VIDEO = { telehealth: true, telehealthLink: LINK };
const MESA = { locations: ['Location/location-mesa'] };

/** Long known, and changed at noon on Monday: nobody could be told, e.g. for want of a name. */
const changed = (now: Partial<MirroredAppointment['fact']>, before: Partial<MirroredAppointment['fact']> = {}) =>
  visit(FRIDAY, { ...now, changedAt: NOON, firstSeen: { at: '2026-11-01T15:00:00.000Z', ...was(before) } });

const was = (before: Partial<MirroredAppointment['fact']>) => ({
  state: visit(FRIDAY, before).firstSeen.state,
});

const notice = (found: PatientFacts, by: Policy = policy) => messageOf(planFor(found, by, AFTER), 'change-notice');

function reminded(visitNow: MirroredAppointment, by: Policy = policy) {
  const found = facts({ appointments: [visitNow] });
  const reminder = gone(found, 'reminder-48h', REMINDED, 'sent', by);
  return { reminder, after: { ...found, messages: [reminder] } };
}

describe('what a reminder does not say is still to be told', () => {
  it.each<[what: string, visit: MirroredAppointment, text: string, policy?: Policy]>([
    ['a clinician', changed({ practitioners: ['Practitioner/vega'] }), 'visit-changed-clinician'],
    ['a place that has no name', changed({ locations: ['Location/annex'] }), 'visit-moved-place'],
    ['that it is no longer by video, where there is one place', changed({}, VIDEO), 'visit-moved-in-person', onePlace],
    ['a place, where it is confidential', changed({ ...MESA, confidential: true }), 'visit-changed-sensitive'],
  ])('%s', (_, visitNow, text, by = policy) => {
    const { reminder, after } = reminded(visitNow, by);
    expect(reminder.purpose).toBe('reminder');
    expect(notice(after, by)?.text).toBe(text);
  });

  it.each<[what: string, visit: MirroredAppointment]>([
    ['a place by its name', changed(MESA)],
    ['the link of what is now by video', changed(VIDEO)],
    ['the place of what is no longer', changed({}, VIDEO)],
  ])('but not %s, which it says', (_, visitNow) => expect(notice(reminded(visitNow).after)).toBeUndefined());

  it('nor the hour', () => {
    const moved = visit(FRIDAY, {
      changedAt: NOON,
      firstSeen: { at: '2026-11-01T15:00:00.000Z', state: visit(THURSDAY).firstSeen.state },
    });
    expect(notice(reminded(moved).after)).toBeUndefined();
  });

  it('and a notice of it that was sent has told it', () => {
    const { after } = reminded(changed({ practitioners: ['Practitioner/vega'] }));
    const sent = { ...notice(after)!, state: 'sent' as const, sentAt: AFTER };
    expect(notice({ ...after, messages: [...after.messages, sent] })).toBeUndefined();
  });

  it('who knew nothing of the visit takes it as it is', () => {
    const fresh = visit(FRIDAY, { imported: false, changedAt: NOON });
    const confirmation = gone(facts({ appointments: [fresh] }), 'booking-confirmation', '2026-11-23T18:10:00.000Z');
    expect(confirmation.tells[0]).toMatchObject({ practitioner: 'Practitioner/okafor' });
    expect(confirmation.tells[0]?.unsaid).toBeUndefined();
  });
});
