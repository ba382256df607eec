import { describe, expect, it } from 'vitest';
import { anchorsOf } from '../../../sync/domain/plan/anchors.ts';
import { contextOf } from '../../../sync/domain/plan/context.ts';
import type { PatientFacts } from '../../../sync/domain/plan/facts.ts';
import { type Rule, TRIGGERS } from '../../../sync/domain/policy/rule.ts';
import { facts, visit } from '../../support/facts.ts';
import { ruleOf, shippedPolicy } from '../../support/policy.ts';
import { FRIDAY, gone, LAST_WEEK, NOON, THURSDAY } from '../../support/scene.ts';

const TUESDAY = '2026-12-01T16:00:00.000Z';
const LONG_AGO = '2026-11-01T15:00:00.000Z';
const fresh = { imported: false, changedAt: NOON };
const changed = { changedAt: NOON, firstSeen: { at: LONG_AGO } };
const live = {
  live: true,
  telehealth: false,
  location: 'Location/location-riverside',
  practitioner: 'Practitioner/okafor',
};
const requested = { at: LONG_AGO, state: { live: false } };
const visits = (...appointments: PatientFacts['appointments']) => ({ appointments });
const reminded = (state: 'sent' | 'unknown' | 'failed') => [
  gone(facts(visits(visit(FRIDAY))), 'reminder-48h', '2026-11-25T16:00:00.000Z', state),
];

type Case = [what: string, found: Partial<PatientFacts>, expected: object[]];

const cases: Record<(typeof TRIGGERS)[number], Case[]> = {
  'visit-booked': [
    [
      'a new booking, once it has settled',
      visits(visit(FRIDAY, fresh)),
      [{ id: 'Appointment/one', at: '2026-11-23T18:10:00.000Z', notAfter: FRIDAY }],
    ],
    [
      'a near one settles sooner',
      visits(visit('2026-11-23T21:00:00.000Z', fresh)),
      [{ at: '2026-11-23T18:02:00.000Z' }],
    ],
    ['none that the first import brought, but a reason', visits(visit(FRIDAY)), [{ off: 'told-by-practice' }]],
    [
      'none for what was only asked for',
      visits(visit(FRIDAY, { ...fresh, status: 'proposed', firstSeen: { state: { ...live, live: false } } })),
      [{ off: 'visit-not-booked' }],
    ],
    [
      'a request that is granted',
      visits(visit(FRIDAY, { imported: false, changedAt: NOON, firstSeen: requested as never })),
      [{ id: 'Appointment/one' }],
    ],
    ['none for one that has begun', visits(visit(LAST_WEEK, fresh)), []],
    [
      'one for a person who joins a group later',
      visits(visit(FRIDAY, { ...changed, firstSeen: { at: LONG_AGO, state: { ...live, patients: ['Patient/ben'] } } })),
      [{ id: 'Appointment/one' }],
    ],
    [
      'none for one who declined',
      visits(visit(FRIDAY, { ...fresh, patients: [{ reference: 'Patient/ana', status: 'declined' }] })),
      [],
    ],
  ],
  'visit-changed': [
    [
      'moved',
      visits(visit(THURSDAY, { ...changed, firstSeen: { at: LONG_AGO, state: { ...live, start: FRIDAY } } })),
      [{ id: 'Appointment/one#0', change: 'moved', at: '2026-11-23T18:15:00.000Z', notAfter: THURSDAY }],
    ],
    [
      'moved back in time: the hour they believe in sets the deadline',
      visits(visit(TUESDAY, { ...changed, firstSeen: { at: LONG_AGO, state: { ...live, start: FRIDAY } } })),
      [{ notAfter: FRIDAY }],
    ],
    [
      'the hour they believe in has passed: the new one does',
      visits(visit(TUESDAY, { ...changed, firstSeen: { at: LONG_AGO, state: { ...live, start: LAST_WEEK } } })),
      [{ change: 'moved', notAfter: TUESDAY }],
    ],
    ['cancelled', visits(visit(FRIDAY, { ...changed, status: 'cancelled' })), [{ change: 'cancelled' }]],
    [
      'cancelled by the patient',
      visits(
        visit(FRIDAY, {
          ...changed,
          status: 'cancelled',
          cancelReason: ['http://terminology.hl7.org/CodeSystem/appointment-cancellation-reason|pat-cpp'],
        }),
      ),
      [{ change: 'cancelled-by-patient' }],
    ],
    [
      'entered in error is off too',
      visits(visit(FRIDAY, { ...changed, status: 'entered-in-error' })),
      [{ change: 'cancelled' }],
    ],
    ['deleted is off too', visits(visit(FRIDAY, { ...changed, deleted: true })), [{ change: 'cancelled' }]],
    [
      'declined by one of a group',
      visits(
        visit(FRIDAY, {
          ...changed,
          patients: [
            { reference: 'Patient/ana', status: 'declined' },
            { reference: 'Patient/ben', status: 'accepted' },
          ],
        }),
      ),
      [{ change: 'cancelled-by-patient' }],
    ],
    [
      'given to somebody else',
      visits(visit(FRIDAY, { ...changed, patients: [{ reference: 'Patient/ben', status: 'accepted' }] })),
      [{ change: 'cancelled' }],
    ],
    [
      'on video',
      visits(
        visit(FRIDAY, { ...changed, telehealth: true, firstSeen: { at: LONG_AGO, state: { ...live, start: FRIDAY } } }),
      ),
      [{ change: 'now-video' }],
    ],
    [
      'no longer on video',
      visits(
        visit(FRIDAY, { ...changed, firstSeen: { at: LONG_AGO, state: { ...live, start: FRIDAY, telehealth: true } } }),
      ),
      [{ change: 'now-in-person' }],
    ],
    [
      'at another place',
      visits(
        visit(FRIDAY, {
          ...changed,
          locations: ['Location/location-mesa'],
          firstSeen: { at: LONG_AGO, state: { ...live, start: FRIDAY } },
        }),
      ),
      [{ change: 'place' }],
    ],
    [
      'with another clinician',
      visits(
        visit(FRIDAY, {
          ...changed,
          practitioners: ['Practitioner/x'],
          firstSeen: { at: LONG_AGO, state: { ...live, start: FRIDAY } },
        }),
      ),
      [{ change: 'clinician' }],
    ],
    [
      'nothing, when a second clinician is listed first',
      visits(
        visit(FRIDAY, {
          ...changed,
          practitioners: ['Practitioner/a', 'Practitioner/okafor'],
          firstSeen: { at: LONG_AGO, state: { ...live, start: FRIDAY } },
        }),
      ),
      [],
    ],
    [
      'nothing, when the place is no longer said',
      visits(
        visit(FRIDAY, { ...changed, locations: [], firstSeen: { at: LONG_AGO, state: { ...live, start: FRIDAY } } }),
      ),
      [],
    ],
    [
      'nothing, when the status vanished or is none',
      visits(visit(FRIDAY, { ...changed, status: 'no-show' as 'noshow', firstSeen: { at: LONG_AGO, state: live } })),
      [],
    ],
    [
      'nothing, when it waits again',
      visits(visit(FRIDAY, { ...changed, status: 'pending', firstSeen: { at: LONG_AGO, state: live } })),
      [],
    ],
    ['nothing, once it has happened', visits(visit(FRIDAY, { ...changed, status: 'arrived' })), []],
    ['nothing about a visit long past', visits(visit(LAST_WEEK, { ...changed, status: 'cancelled' })), []],
    [
      'a booked visit moved into the past, while they mean to come: too late for words',
      visits(visit(LAST_WEEK, { ...changed, firstSeen: { at: LONG_AGO, state: { ...live, start: FRIDAY } } })),
      [{ id: 'Appointment/one#0', change: 'moved', notAfter: LAST_WEEK }],
    ],
    [
      'nothing, when a booking was a slip of the hand',
      visits(
        visit(FRIDAY, {
          imported: false,
          status: 'cancelled',
          changedAt: NOON,
          firstSeen: { at: '2026-11-23T17:55:00.000Z' },
        }),
      ),
      [],
    ],
    [
      'cancelled after it had stood, though we had said nothing yet',
      visits(
        visit(FRIDAY, {
          imported: false,
          status: 'cancelled',
          changedAt: NOON,
          firstSeen: { at: '2026-11-23T05:00:00.000Z' },
        }),
      ),
      [{ change: 'cancelled' }],
    ],
    [
      'nothing for one who had declined at the first import',
      visits(
        visit(FRIDAY, {
          patients: [{ reference: 'Patient/ana', status: 'declined' }],
          firstSeen: { state: { ...live, patients: [] } },
        }),
      ),
      [],
    ],
    [
      'a cancellation and a booking: one move',
      visits(visit(FRIDAY, { ...changed, status: 'cancelled' }), visit(TUESDAY, { ...fresh, id: 'new' })),
      [{ id: 'Appointment/one#0', change: 'moved', notAfter: FRIDAY }],
    ],
    [
      'a cancellation and a booking with nothing in common: two things',
      visits(
        visit(FRIDAY, { ...changed, status: 'cancelled' }),
        visit(TUESDAY, { ...fresh, id: 'new', practitioners: ['Practitioner/x'] }),
      ),
      [{ change: 'cancelled' }],
    ],
    [
      'nor is "routine" in common enough',
      visits(
        visit(FRIDAY, {
          ...changed,
          status: 'cancelled',
          visitTypes: ['http://terminology.hl7.org/CodeSystem/v2-0276|ROUTINE'],
        }),
        visit(TUESDAY, {
          ...fresh,
          id: 'new',
          practitioners: ['Practitioner/x'],
          visitTypes: ['http://terminology.hl7.org/CodeSystem/v2-0276|ROUTINE'],
        }),
      ),
      [{ change: 'cancelled' }],
    ],
  ],
  'visit-upcoming': [
    [
      'one for each hour',
      visits(visit(FRIDAY), visit(THURSDAY, { id: 'two' })),
      [{ id: THURSDAY, notAfter: THURSDAY }, { id: FRIDAY }],
    ],
    [
      'two at one hour are one',
      visits(visit(FRIDAY), visit(FRIDAY, { id: 'two' })),
      [{ id: FRIDAY, visits: [{ reference: 'Appointment/one' }, { reference: 'Appointment/two' }] }],
    ],
    [
      'none that is past, off or only asked for',
      visits(
        visit(LAST_WEEK),
        visit(FRIDAY, { id: 'two', status: 'cancelled' }),
        visit(FRIDAY, { id: 'three', status: 'waitlist' }),
      ),
      [],
    ],
  ],
  'visit-cancelled': [
    ['not before they know that it is off', visits(visit(FRIDAY, { ...changed, status: 'cancelled' })), []],
    ['not when it was so at the first import', visits(visit(FRIDAY, { status: 'cancelled' })), []],
    ['not when it was recorded after the visit', visits(visit(LAST_WEEK, { ...changed, status: 'cancelled' })), []],
    [
      'not when the record was an error, or is gone',
      visits(
        visit(FRIDAY, { ...changed, status: 'entered-in-error' }),
        visit(FRIDAY, { ...changed, id: 'two', deleted: true }),
      ),
      [],
    ],
    [
      'not when it is half of a move',
      visits(visit(FRIDAY, { ...changed, status: 'cancelled' }), visit(TUESDAY, { ...fresh, id: 'new' })),
      [],
    ],
    [
      'not when it was only asked for',
      visits(visit(FRIDAY, { ...changed, imported: false, status: 'cancelled', firstSeen: requested as never })),
      [],
    ],
  ],
  'visit-missed': [
    [
      'from its recording',
      visits(visit(LAST_WEEK, { ...changed, status: 'noshow' })),
      [{ id: `Appointment/one@${LAST_WEEK}`, at: NOON }],
    ],
    ['not when it was so at the first import', visits(visit(LAST_WEEK, { status: 'noshow' })), []],
    ['not before it was to begin', visits(visit(FRIDAY, { ...changed, status: 'noshow' })), []],
    ['not weeks later', visits(visit('2026-11-16T17:59:00.000Z', { ...changed, status: 'noshow' })), []],
    [
      'once for two of one day',
      visits(
        visit(LAST_WEEK, { ...changed, status: 'noshow' }),
        visit('2026-11-18T20:00:00.000Z', { ...changed, id: 'two', status: 'noshow' }),
      ),
      [{ id: `Appointment/one@${LAST_WEEK}` }],
    ],
    ['not by the clock alone', visits(visit(LAST_WEEK)), []],
    [
      'not for one of a group who had declined',
      visits(
        visit(LAST_WEEK, {
          ...changed,
          status: 'noshow',
          patients: [{ reference: 'Patient/ana', status: 'declined' }],
        }),
      ),
      [],
    ],
  ],
  'visit-fulfilled': [
    [
      'from its end',
      visits(visit(LAST_WEEK, { ...changed, status: 'fulfilled', end: '2026-11-18T16:30:00.000Z' })),
      [{ at: '2026-11-18T16:30:00.000Z', since: NOON }],
    ],
    ['not when it was so at the first import', visits(visit(LAST_WEEK, { status: 'fulfilled' })), []],
    ['not when the patient has only arrived', visits(visit(LAST_WEEK, { ...changed, status: 'arrived' })), []],
  ],
  'message-unanswered': [
    [
      'from the sending',
      { ...visits(visit(FRIDAY)), messages: reminded('sent') },
      [{ id: FRIDAY, at: '2026-11-25T16:00:00.000Z', since: '2026-11-25T16:00:00.000Z' }],
    ],
    [
      'from a sending that may have arrived',
      { ...visits(visit(FRIDAY)), messages: reminded('unknown') },
      [{ id: FRIDAY }],
    ],
    ['not from one that failed', { ...visits(visit(FRIDAY)), messages: reminded('failed') }, []],
    [
      'moved since: only to say why not',
      { ...visits(visit(TUESDAY)), messages: reminded('sent') },
      [{ id: FRIDAY, off: 'visit-changed' }],
    ],
    [
      'once for two messages about one hour',
      {
        ...visits(visit(FRIDAY)),
        messages: [...reminded('sent'), ...reminded('sent').map(one => ({ ...one, key: `${one.key}-again` }))],
      },
      [{ id: FRIDAY }],
    ],
  ],
};

describe.each(TRIGGERS)('%s', trigger =>
  it.each(cases[trigger])('%s', (_, found, expected) => {
    const context = contextOf(facts(found), shippedPolicy(), NOON);
    const more: Partial<Rule> = trigger === 'message-unanswered' ? { of: 'reminder-48h' } : {};
    const anchors = anchorsOf(ruleOf({ id: 'change-notice', trigger, ...more }), context);
    expect(anchors).toHaveLength(expected.length);
    expect(anchors).toMatchObject(expected);
  }),
);
