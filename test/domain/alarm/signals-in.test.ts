import { describe, expect, it } from 'vitest';
import { ALARMS, type AlarmCode } from '../../../sync/domain/alarm/alarm.ts';
import { signalsIn } from '../../../sync/domain/alarm/signals-in.ts';
import type { Standing } from '../../../sync/domain/alarm/standing.ts';
import type { Rule } from '../../../sync/domain/policy/rule.ts';
import { ruleOf } from '../../support/policy.ts';

const NOW = '2026-11-23T16:00:00.000Z';
const WELL: Standing = {
  reads: [{ type: 'Appointment', at: '2026-11-23T15:59:00.000Z' }],
  subscriptions: [{ criteria: 'Appointment?', state: 'active' }],
  brakes: [],
  paused: false,
  stopped: [],
  lanes: [{ lane: 'send', oldest: '2026-11-23T15:59:55.000Z' }],
  outcomes: [{ channel: 'twilio', lastHour: { arrived: 90, failed: 4 }, before: { arrived: 900, failed: 40 } }],
  sites: [{ location: 'Location/main', visitsAhead: 40, messages: 3 }],
  visitKinds: [{ codes: ['urn:kinds|checkup'], visits: 12 }],
  diskFree: 0.4,
  certificates: [{ host: 'sync.example.org', endsAt: '2026-12-08T00:00:00.000Z' }],
  secrets: [{ name: 'EHR_CLIENT_SECRET', endsOn: '2027-03-01' }],
};
const forKind = (...visitTypes: string[]): Rule => ruleOf({ trigger: 'visit-upcoming', if: { visitTypes } });
const EVERY_KIND = [ruleOf({ trigger: 'visit-upcoming' })];
const found = (changes: Partial<Standing>, rules: Rule[] = EVERY_KIND) =>
  signalsIn({ ...WELL, ...changes }, rules, NOW);

type Case = [name: string, changes: Partial<Standing>, expected: [subject: string, detail: string][], rules?: Rule[]];
const lane = (name: Standing['lanes'][number]['lane'], oldest: string): Partial<Standing> => ({
  lanes: [{ lane: name, oldest }],
});
const outcomes = (arrived: number, failed: number, usual = 0.04): Partial<Standing> => ({
  outcomes: [
    {
      channel: 'twilio',
      lastHour: { arrived, failed },
      before: { arrived: 1000 * (1 - usual), failed: 1000 * usual },
    },
  ],
});

const CASES: Record<AlarmCode, Case[]> = {
  'ehr-unreachable': [
    [
      'a type that was not read for eleven minutes',
      { reads: [...WELL.reads, { type: 'Patient', at: '2026-11-23T15:49:00.000Z' }] },
      [['EHR', 'Patient not read since 2026-11-23T15:49:00.000Z']],
    ],
    [
      'read nine minutes ago: polls may be set to be rare',
      { reads: [{ type: 'Patient', at: '2026-11-23T15:51:00.000Z' }] },
      [],
    ],
    ['nothing is polled at all', { reads: [] }, []],
  ],
  'subscription-down': [
    [
      'switched off by the EHR',
      { subscriptions: [{ criteria: 'Patient?', state: 'wrong' }, ...WELL.subscriptions] },
      [['Patient?', 'wrong']],
    ],
  ],
  brake: [
    [
      'rules that would change too much',
      { brakes: [{ cause: 'rules', at: '2026-11-23T15:00:00.000Z' }] },
      [['rules', 'since 2026-11-23T15:00:00.000Z']],
    ],
  ],
  paused: [['somebody paused it', { paused: true }, [['sending', 'nothing leaves']]]],
  'channel-stopped': [
    [
      'the account is suspended',
      { stopped: [{ medium: 'sms', at: '2026-11-23T15:00:00.000Z' }] },
      [['sms', 'since 2026-11-23T15:00:00.000Z']],
    ],
  ],
  'stuck-lane': [
    [
      'a text that should have left',
      lane('send', '2026-11-23T15:44:00.000Z'),
      [['send', 'the oldest waits since 2026-11-23T15:44:00.000Z']],
    ],
    ['a text of a quarter of an hour ago', lane('send', '2026-11-23T15:46:00.000Z'), []],
    ['a chart that took nothing for a while', lane('publish', '2026-11-23T15:10:00.000Z'), []],
    [
      'a chart that took nothing for an hour',
      lane('publish', '2026-11-23T14:59:00.000Z'),
      [['publish', 'the oldest waits since 2026-11-23T14:59:00.000Z']],
    ],
    [
      'a message of a patient that nobody handles',
      lane('answer', '2026-11-23T15:54:00.000Z'),
      [['answer', 'the oldest waits since 2026-11-23T15:54:00.000Z']],
    ],
    ['nothing waits', { lanes: [{ lane: 'send', oldest: undefined }] }, []],
  ],
  'rising-failures': [
    ['a quarter of a busy hour', outcomes(30, 10), [['twilio', '10 of 40 in the last hour']]],
    ['four phones that are off', outcomes(0, 4), []],
    ['as bad as ever', outcomes(70, 30, 0.3), []],
    [
      'much worse than ever, where it was bad already',
      outcomes(5, 95, 0.4),
      [['twilio', '95 of 100 in the last hour']],
    ],
  ],
  'silent-site': [
    [
      'a place nobody was told of',
      { sites: [{ location: 'Location/mesa', visitsAhead: 5, messages: 0 }] },
      [['Location/mesa', '5 visits ahead']],
    ],
    ['a place with hardly a visit', { sites: [{ location: 'Location/mesa', visitsAhead: 4, messages: 0 }] }, []],
  ],
  'unmapped-code': [
    [
      'codes renamed under the rules: nothing takes the visits, and a rule waits',
      {},
      [
        ['urn:kinds|checkup', '12 visits ahead, and no rule'],
        ['urn:old|checkup', 'a rule names it, and no visit ahead has it'],
      ],
      [forKind('urn:old|checkup')],
    ],
    ['one of its codes is named', { visitKinds: [{ codes: ['a|1', 'b|2'], visits: 3 }] }, [], [forKind('b|2')]],
    [
      'a visit without any code, where rules go by codes',
      { visitKinds: [{ codes: [], visits: 3 }, ...WELL.visitKinds] },
      [['no code', '3 visits ahead, and no rule']],
      [forKind('urn:kinds|checkup')],
    ],
    ['nothing ahead: no rule is to blame', { visitKinds: [] }, [], [forKind('a|1')]],
    ['a rule that is switched off waits for nothing', {}, [], [...EVERY_KIND, { ...forKind('a|1'), active: false }]],
  ],
  disk: [
    ['a twelfth is left', { diskFree: 1 / 12 }, [['state folder', '8 % free']]],
    ['the database is elsewhere', { diskFree: undefined }, []],
  ],
  certificate: [
    [
      'it ends in thirteen days',
      { certificates: [{ host: 'ehr.example.org', endsAt: '2026-12-06T16:00:00.000Z' }] },
      [['ehr.example.org', 'ends 2026-12-06T16:00:00.000Z']],
    ],
    [
      'it has ended',
      { certificates: [{ host: 'ehr.example.org', endsAt: '2026-11-06T16:00:00.000Z' }] },
      [['ehr.example.org', 'ends 2026-11-06T16:00:00.000Z']],
    ],
  ],
  'secret-expiry': [
    [
      'its day is near',
      { secrets: [{ name: 'EHR_CLIENT_SECRET', endsOn: '2026-12-01' }] },
      [['EHR_CLIENT_SECRET', 'ends on 2026-12-01']],
    ],
  ],
};

it('is silent while all is well', () => {
  expect(found({})).toEqual([]);
});

describe.each(Object.entries(CASES))('%s', (alarm, cases) => {
  it.each(cases)('%s', (_, changes, expected, rules) => {
    expect(found(changes, rules)).toEqual(expected.map(([subject, detail]) => ({ alarm, subject, detail })));
  });
});

it('says of paused sending that it is paused, and not that texts are stuck', () => {
  expect(found({ paused: true, ...lane('send', '2026-11-22T15:44:00.000Z') }).map(one => one.alarm)).toEqual([
    'paused',
  ]);
});

it('has a table for each alarm', () => {
  expect(Object.keys(CASES)).toEqual(Object.keys(ALARMS));
});
