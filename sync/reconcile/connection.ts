import type { Ownership } from '../domain/chart/ownership.ts';
import type { Reference } from '../domain/facts/fact.ts';
import type { SubscriptionWishes } from '../domain/policy/subscription-wishes.ts';
import type { CapabilitySummary } from '../fhir/capability.ts';
import type { EhrClient } from '../fhir/client.ts';
import type { VendorProfile } from '../fhir/profile.ts';
import type { Strategies } from './poll.ts';

/** One EHR: how to talk to it, what is known of its kind, and how its changes are heard of. */
export interface Connection {
  id: string;
  baseUrl: string;
  capability: CapabilitySummary;
  client: EhrClient;
  profile: VendorProfile;
  strategies: Strategies;
  /** What the practice wants to be notified of, and in which form. */
  wishes: SubscriptionWishes;
  /** What of the chart we may write. */
  ownership: Ownership;
  /** For vendors that can only be asked about one at a time. */
  practitioners: Reference[];
  patients: Reference[];
}
