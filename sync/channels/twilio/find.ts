import { z } from 'zod';
import type { Instant } from '../../domain/clock.ts';
import type { FindResult, OutboundMessage } from '../channel.ts';
import type { TwilioRequest } from './request.ts';

const Listing = z.object({
  messages: z.array(
    z.object({
      sid: z.string(),
      to: z.string().nullable(),
      body: z.string().nullable(),
      direction: z.string(),
      date_created: z.string().nullable(),
    }),
  ),
  next_page_uri: z.string().nullish(),
});

type Listed = z.infer<typeof Listing>['messages'][number];

/** Twilio's clock and ours may differ, and its times have no milliseconds. */
const CLOCK_SKEW_MS = 120_000;

/**
 * Asks Twilio whether it holds this text. The list is filtered by `To` only: `DateSent` is empty while a message is
 * queued, so filtering by it could hide exactly the message we fear to send twice. The number in the query is Twilio's
 * API; it travels inside TLS and we never log the address.
 *
 * Two people at one number may get equal words, and Twilio carries no reference of ours: the caller must treat a
 * `providerId` it already knows from another message as `unknown`.
 */
export async function findText(request: TwilioRequest, message: OutboundMessage, since: Instant): Promise<FindResult> {
  const query = new URLSearchParams({ To: message.to, PageSize: '1000' });
  const answer = await request('GET', `/Messages.json?${query}`);
  if (answer.kind !== 'answered' || answer.status !== 200) return { outcome: 'unknown' };
  const listing = Listing.safeParse(answer.body);
  if (!listing.success) return { outcome: 'unknown' };

  const candidates = listing.data.messages.filter(listed => couldBe(listed, message, since));
  if (candidates.length === 1) return { outcome: 'found', providerId: candidates[0]!.sid };
  if (candidates.length > 1 || listing.data.next_page_uri) return { outcome: 'unknown' };
  return { outcome: 'absent' };
}

function couldBe(listed: Listed, message: OutboundMessage, since: Instant): boolean {
  if (!listed.direction.startsWith('outbound') || listed.to !== message.to) return false;
  // An unreadable time counts as recent: a false "found" costs less than a second text.
  const created = Date.parse(listed.date_created ?? '');
  if (created < Date.parse(since) - CLOCK_SKEW_MS) return false;
  return sameWords(listed.body ?? '', message.body);
}

/**
 * Twilio may swap typographic characters for plain ones ("smart encoding") and puts a line of its own before a trial
 * account's texts, so only letters and digits are compared, from the end: `We’ll call.` equals `We'll call.`
 */
export function sameWords(stored: string, ours: string): boolean {
  const [theirs, own] = [letters(stored), letters(ours)];
  return own === '' ? stored === ours : theirs.endsWith(own);
}

const letters = (text: string): string => text.normalize('NFKD').replace(/[^\p{L}\p{N}]/gu, '');
