import { describe, expect, it } from 'vitest';
import type { MirroredAppointment, VisitState } from '../../../sync/domain/plan/facts.ts';
import { planFor } from '../../../sync/domain/plan/plan-for.ts';
import { wordsOf } from '../../../sync/domain/plan/words.ts';
import { facts, visit } from '../../support/facts.ts';
import { shippedPolicy, withClinic } from '../../support/policy.ts';
import { FRIDAY, gone, messageOf, NOON, THURSDAY } from '../../support/scene.ts';

const policy = shippedPolicy();
const LATER = '2026-11-23T19:00:00.000Z';
const known: VisitState = {
  live: true,
  start: FRIDAY,
  telehealth: false,
  location: 'Location/location-riverside',
  practitioner: 'Practitioner/okafor',
};
const LINK = 'https://video.riverside.example/1';
const VEGA = { practitioners: ['Practitioner/vega'], practitionerName: 'Dr. Vega' };
const MESA = { locations: ['Location/location-mesa'] };

const NEW_LINK = 'https://video.riverside.example/2';

/** A confirmation told the link; the record now says another. */
function relinked(options: Parameters<typeof visit>[1] = {}, start = FRIDAY, told: string | null = LINK) {
  const video = { telehealth: true, telehealthLink: told ?? undefined };
  const before = facts({ appointments: [visit(FRIDAY, { ...video, imported: false, changedAt: NOON })] });
  const confirmation = gone(before, 'booking-confirmation', NOON);
  const changed = visit(start, {
    ...video,
    telehealthLink: NEW_LINK,
    changedAt: NOON,
    firstSeen: { at: '2026-11-01T15:00:00.000Z', imported: false },
    ...options,
  });
  const plan = planFor(facts({ appointments: [changed], messages: [confirmation] }), policy, LATER);
  const message = messageOf(plan, 'change-notice');
  const words = message && wordsOf([message], policy, LATER);
  return message && [message.text, words && 'body' in words ? words.body : undefined];
}

describe('another link than the one they hold', () => {
  it.each<[string, ReturnType<typeof relinked>, string, string]>([
    ['alone', relinked(), 'visit-changed-link', `has a new link. Join: ${NEW_LINK} `],
    ['with the hour', relinked({}, THURSDAY), 'visit-moved-video', `Thu, Nov 26 at 10:00 AM. Join: ${NEW_LINK} `],
    ['with the clinician', relinked(VEGA), 'visit-changed', `is now by video (${NEW_LINK}) with Dr. Vega.`],
  ])('%s', (_, told, text, says) => {
    expect(told?.[0]).toBe(text);
    expect(told?.[1]).toContain(says);
  });

  it.each([
    ['the same', relinked({ telehealthLink: LINK })],
    ['the first, which was promised', relinked({}, FRIDAY, null)],
    ['none any more', relinked({ telehealthLink: undefined })],
  ])('not told: %s', (_, told) => expect(told).toBeUndefined());
});

function notice(start: string, options: Parameters<typeof visit>[1] = {}, told: Partial<VisitState> = {}, by = policy) {
  const changed: MirroredAppointment = visit(start, {
    ...options,
    changedAt: NOON,
    firstSeen: { at: '2026-11-01T15:00:00.000Z', state: { ...known, ...told } },
  });
  const message = messageOf(planFor(facts({ appointments: [changed] }), by, LATER), 'change-notice');
  if (!message) return undefined;
  const words = wordsOf([message], by, LATER);
  return [message.text, 'cannot' in words ? words.cannot : words.body];
}

type Case = [what: string, told: ReturnType<typeof notice>, text: string, says: string];
const cases: Case[] = [
  [
    'the hour',
    notice(THURSDAY),
    'visit-moved',
    "Ana's Fri, Nov 27, 10:00 AM visit is now Thu, Nov 26 at 10:00 AM at Riverside.",
  ],
  [
    'the hour, by video',
    notice(THURSDAY, { telehealth: true, telehealthLink: LINK }, { telehealth: true }),
    'visit-moved-video',
    `video visit is now Thu, Nov 26 at 10:00 AM. Join: ${LINK}`,
  ],
  [
    'the hour, by video, without a link yet',
    notice(THURSDAY, { telehealth: true }, { telehealth: true }),
    'visit-moved-video',
    'We will send you the link.',
  ],
  ['the clinician', notice(FRIDAY, VEGA), 'visit-changed-clinician', 'is now with Dr. Vega'],
  [
    'video',
    notice(FRIDAY, { telehealth: true, telehealthLink: LINK }),
    'visit-moved-telehealth',
    `is now by video. Join: ${LINK}`,
  ],
  [
    'no video',
    notice(FRIDAY, {}, { telehealth: true }),
    'visit-moved-in-person',
    'in person, not by video: 10:00 AM at Riverside.',
  ],
  [
    'place in another zone',
    notice(FRIDAY, MESA),
    'visit-changed',
    "Ana's Fri, Nov 27, 10:00 AM CT visit is now Fri, Nov 27 at 9:00 AM MT at Mesa.",
  ],
  ['hour and place', notice(THURSDAY, MESA), 'visit-changed', 'is now Thu, Nov 26 at 9:00 AM MT at Mesa.'],
  ['hour and clinician', notice(THURSDAY, VEGA), 'visit-changed', 'is now Thu, Nov 26 at 10:00 AM with Dr. Vega.'],
  [
    'hour and video',
    notice(THURSDAY, { telehealth: true, telehealthLink: LINK }),
    'visit-changed',
    `is now Thu, Nov 26 at 10:00 AM by video (${LINK}).`,
  ],
  ['place and no video', notice(FRIDAY, { ...MESA }, { telehealth: true }), 'visit-changed', 'in person at Mesa.'],
  [
    'everything',
    notice(THURSDAY, { ...MESA, ...VEGA }, { telehealth: true }),
    'visit-changed',
    'Thu, Nov 26 at 9:00 AM MT in person at Mesa with Dr. Vega.',
  ],
  [
    'hour and a place we have no name for',
    notice(THURSDAY, { locations: ['Location/annex'] }),
    'visit-changed',
    'blank-unfilled',
  ],
  [
    'hour and a clinician we have no name for',
    notice(THURSDAY, { practitioners: ['Practitioner/x'], practitionerName: undefined }),
    'visit-changed',
    'blank-unfilled',
  ],
];

describe('a notice says all that has changed', () => {
  it.each(cases)('%s', (_, told, text, says) => {
    expect(told?.[0]).toBe(text);
    expect(told?.[1]).toContain(says);
  });

  it('and no place, where the practice has one only', () => {
    const one = withClinic(policy, { locations: policy.clinic.locations.slice(0, 1) });
    expect(notice(THURSDAY, {}, {}, one)?.[1]).toContain('is now Thu, Nov 26 at 10:00 AM. Reply');
  });

  it('in Spanish as well', () => {
    const moved = visit(THURSDAY, {
      ...MESA,
      ...VEGA,
      changedAt: NOON,
      firstSeen: { at: '2026-11-01T15:00:00.000Z', state: known },
    });
    const message = messageOf(planFor(facts({ appointments: [moved] }), policy, LATER), 'change-notice');
    const words = wordsOf([{ ...message!, language: 'es' }], policy, LATER);
    expect('body' in words && words.body).toContain('ahora es el jue, 26 nov, 9:00 a.m. MT en Mesa con Dr. Vega.');
  });
});

it('never joins what has no words for several visits', () => {
  const video = { telehealth: true, telehealthLink: LINK };
  const plan = planFor(
    facts({ appointments: [visit(FRIDAY, video), visit('2026-11-27T21:00:00.000Z', { id: 'two', ...video })] }),
    policy,
    NOON,
  );
  const reminders = plan.messages.filter(message => message.rule === 'reminder-48h');
  expect(reminders.map(message => message.joinKey)).toEqual([undefined, undefined]);
});
