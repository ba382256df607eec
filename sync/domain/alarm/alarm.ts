import type { Instant } from '../clock.ts';

/** Who has to act. Where each is reached stands in `mappings/alarms.yaml`. */
export const ALARM_OWNERS = ['operator', 'administrator'] as const;
export type AlarmOwner = (typeof ALARM_OWNERS)[number];

interface AlarmKind {
  owner: AlarmOwner;
  says: string;
  /** It has to last this long before anybody is called: what comes and goes by itself is no alarm. */
  after: string;
  /** The heading in docs/operations.md. */
  runbook: string;
}

/** All there is to be called for: a closed list, so that each has an owner and a page that says what to do. */
export const ALARMS = {
  'ehr-unreachable': {
    owner: 'operator',
    says: 'The EHR has not been read; nothing is sent meanwhile.',
    after: 'PT10M',
    runbook: 'The EHR is away',
  },
  'subscription-down': {
    owner: 'operator',
    says: 'A Subscription does not work; polling hears of changes a minute later.',
    after: 'PT15M',
    runbook: 'The EHR does not notify us',
  },
  brake: {
    owner: 'administrator',
    says: 'A brake holds patients until a person has looked.',
    after: 'PT0S',
    runbook: 'The brake is on',
  },
  paused: {
    owner: 'administrator',
    says: 'All sending is paused.',
    after: 'PT4H',
    runbook: 'Something must not go out',
  },
  'channel-stopped': {
    owner: 'operator',
    says: 'The provider refuses our account, and nothing more is tried there.',
    after: 'PT0S',
    runbook: 'The provider refuses our account',
  },
  'stuck-lane': {
    owner: 'operator',
    says: 'Work waits that should have been done.',
    after: 'PT5M',
    runbook: 'Work is stuck',
  },
  'rising-failures': {
    owner: 'operator',
    says: 'Far more messages than usual do not arrive.',
    after: 'PT0S',
    runbook: 'Messages do not arrive',
  },
  'silent-site': {
    owner: 'administrator',
    says: 'Visits are booked at a place, and for a week nobody was told anything of any of them.',
    after: 'PT0S',
    runbook: 'A site is silent',
  },
  'unmapped-code': {
    owner: 'administrator',
    says: 'A kind of visit that no rule deals with, or a rule for a kind that no visit has.',
    after: 'PT0S',
    runbook: 'A code is in no rule',
  },
  disk: {
    owner: 'operator',
    says: 'The disk of the state folder is nearly full.',
    after: 'PT0S',
    runbook: 'The disk is full',
  },
  certificate: {
    owner: 'operator',
    says: 'A certificate ends soon.',
    after: 'PT0S',
    runbook: 'A certificate or secret ends',
  },
  'secret-expiry': {
    owner: 'operator',
    says: 'A secret ends soon.',
    after: 'PT0S',
    runbook: 'A certificate or secret ends',
  },
} as const satisfies Record<string, AlarmKind>;

export type AlarmCode = keyof typeof ALARMS;

/** Something wrong right now. Never about a patient: `subject` is a lane, a place, a code, a file. */
export interface Signal {
  alarm: AlarmCode;
  subject: string;
  /** The figures behind it, in half a sentence. */
  detail: string;
}

/** A signal that is remembered: `toldAt` once its owner has been called. */
export interface Alarm extends Signal {
  since: Instant;
  toldAt?: Instant;
}
