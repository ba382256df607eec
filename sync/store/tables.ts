import type { Resource } from '@medplum/fhirtypes';
import type { ColumnType, Generated } from 'kysely';
import type { AlarmCode } from '../domain/alarm/alarm.ts';
import type { Instant } from '../domain/clock.ts';
import type { FirstSeen, MessageState, TaskFact } from '../domain/plan/facts.ts';
import type { PlannedMessage, PlannedTask } from '../domain/plan/plan.ts';
import type { Reason } from '../domain/reasons.ts';

/** JSON goes in as text and comes out as an object. */
type Json<T> = ColumnType<T, string, string>;

/** What has changed since the EHR last took it: `revision <> published_revision` (after `models.md`, Mavis). */
interface Published {
  revision: Generated<number>;
  published_revision: Generated<number>;
  publish_after: Instant | null;
  publish_attempts: Generated<number>;
  ehr_reference: string | null;
}

export interface Tables {
  migration: { number: number; name: string };
  resource: {
    type: string;
    id: string;
    version_id: string | null;
    last_updated: Instant | null;
    body: Json<Resource | null>;
    deleted: boolean;
    digest: string;
    observed_at: Instant;
    first_seen: Json<FirstSeen | null>;
    changed_at: Instant | null;
  };
  resource_patient: { type: string; id: string; patient: string };
  patient: {
    reference: string;
    generation: Generated<number>;
    planned_generation: Generated<number>;
    look_again_at: Instant | null;
    brake: number | null;
    traceparent: string | null;
  };
  address: { patient: string; address: string; person: string };
  message: Published & {
    key: string;
    id: string;
    patient: string;
    rule: string;
    state: MessageState;
    reason: Reason | null;
    medium: 'sms' | 'email';
    address: string;
    join_key: string | null;
    due_at: Instant;
    send_before: Instant;
    plan: Json<PlannedMessage>;
    channel: string | null;
    batch: string | null;
    provider_id: string | null;
    body: string | null;
    subject: string | null;
    claimed_at: Instant | null;
    sent_at: Instant | null;
    traceparent: string | null;
    changed_at: Instant;
    ehr_request: string | null;
  };
  task: Published & {
    key: string;
    id: string;
    patient: string;
    rule: string;
    state: TaskFact['state'];
    reason: Reason | null;
    plan: Json<PlannedTask>;
    due_at: Instant;
    changed_at: Instant;
  };
  inbound: Published & {
    id: string;
    channel: string;
    provider_id: string;
    medium: 'sms' | 'email';
    address: string;
    our_address: string;
    body: string;
    attachments: Json<string[]>;
    received_at: Instant;
    recorded_at: Instant;
    handled_at: Instant | null;
    keyword: 'stop' | 'start' | 'help' | null;
    patients: ColumnType<string[], string[] | undefined, string[]>;
    outcome: string | null;
  };
  reply: {
    inbound: string;
    patient: string;
    appointment: string;
    start: Instant;
    meaning: 'confirm' | 'cancel' | 'reschedule';
    at: Instant;
    written_at: Instant | null;
    write_after: Instant | null;
    write_attempts: Generated<number>;
    write_outcome: string | null;
  };
  question: { address: string; asked_at: Instant; options: Json<unknown> };
  opt_out: {
    address: string;
    medium: 'sms' | 'email';
    kind: 'opted-out' | 'wrong-number';
    at: Instant;
    source: string;
    lifted_at: Instant | null;
  };
  bad_address: { address: string; reason: Reason; at: Instant };
  notification: {
    id: Generated<number>;
    connection: string;
    type: string | null;
    resource_id: string | null;
    subscription: string | null;
    event_number: string | null;
    received_at: Instant;
    attempts: Generated<number>;
    look_after: Instant | null;
    traceparent: string | null;
  };
  subscription: { connection: string; id: string; last_event: string; heard_at: Instant };
  cursor: { connection: string; type: string; position: Json<unknown>; baseline_at: Instant | null; moved_at: Instant };
  hearing: {
    connection: string;
    type: string;
    slot: Instant;
    by_hook: Generated<number>;
    by_poll: Generated<number>;
    lag_ms: Generated<number>;
    longest_lag_ms: Generated<number>;
  };
  watched_subscription: {
    connection: string;
    criteria: string;
    state: 'active' | 'waiting' | 'wrong' | 'missing' | 'silent' | 'deaf';
    since: Instant;
    attempts: number;
    mended_at: Instant | null;
    try_after: Instant | null;
    why: string | null;
  };
  canary: {
    connection: string;
    key: string;
    resource_id: string | null;
    written_at: Instant | null;
    heard_at: Instant | null;
    judged: boolean;
    misses: number;
  };
  alarm: { alarm: AlarmCode; subject: string; detail: string; since: Instant; told_at: Instant | null };
  policy: { version: string; body: Json<unknown>; activated_at: Instant; activated_by: string };
  brake: {
    id: Generated<number>;
    cause: string;
    pulled_at: Instant;
    dry_run: Json<unknown>;
    released_at: Instant | null;
    released_by: string | null;
  };
  lease: { name: string; holder: string; until: Instant };
  control: { name: string; value: Json<unknown>; at: Instant; by: string };
  delivery_report: {
    channel: string;
    provider_id: string;
    state: 'sent' | 'delivered' | 'failed';
    reason: Reason | null;
    at: Instant;
  };
  phone_message: {
    id: string;
    medium: 'sms' | 'email';
    written_by: 'practice' | 'patient';
    from_address: string;
    to_address: string;
    subject: string | null;
    body: string;
    unsubscribe_url: string | null;
    at: Instant;
    delivered: boolean;
    reference: string | null;
  };
  journal: {
    seq: number;
    at: Instant;
    who: string;
    what: string;
    patient: string | null;
    key: string | null;
    reason: Reason | null;
    detail: Json<Record<string, unknown>>;
    hash: string;
  };
  journal_head: { seq: number; hash: string };
}
