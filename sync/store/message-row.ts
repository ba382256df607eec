import type { Selectable } from 'kysely';
import type { Instant } from '../domain/clock.ts';
import type { MessageFact } from '../domain/plan/facts.ts';
import type { Traceparent } from '../domain/trace.ts';
import type { Tables } from './tables.ts';

export interface MessageRow extends MessageFact {
  id: string;
  dueAt: Instant;
  batch?: string;
  channel?: string;
  providerId?: string;
  body?: string;
  subject?: string;
  claimedAt?: Instant;
  traceparent?: Traceparent;
}

export const toMessage = (row: Selectable<Tables['message']>): MessageRow => ({
  ...row.plan,
  id: row.id,
  state: row.state,
  reason: row.reason ?? undefined,
  sentAt: row.sent_at ?? undefined,
  dueAt: row.due_at,
  batch: row.batch ?? undefined,
  channel: row.channel ?? undefined,
  providerId: row.provider_id ?? undefined,
  body: row.body ?? undefined,
  subject: row.subject ?? undefined,
  claimedAt: row.claimed_at ?? undefined,
  traceparent: row.traceparent ?? undefined,
});
