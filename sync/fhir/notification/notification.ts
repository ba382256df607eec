import type { VersionedRef } from '../reference.ts';

/** One delivery as it came in. `path` is what follows the endpoint: empty, or `Appointment/9`. */
export interface Delivery {
  method: string;
  path: string;
  headers: Readonly<Record<string, string | string[] | undefined>>;
  /** The raw bytes; signatures are over exactly these. */
  body: Buffer;
}

export interface DecodeOptions {
  /** The FHIR base of this connection. References to anywhere else are counted, not followed. */
  baseUrl: string;
  /** `per-bundle` numbers mean nothing and are left out (athenahealth). */
  eventNumbers: 'cumulative' | 'per-bundle';
}

export interface ChangedRef extends VersionedRef {
  /** The vendor's id of the event: the key against doubles where numbers mean nothing. */
  eventId?: string;
}

/** A focus named by business identifier only, which a FHIR read cannot find (athenahealth). */
export interface IdentifiedFocus {
  type?: string;
  system?: string;
  value: string;
  eventId?: string;
}

interface Common {
  /** A Bundle wants a Bundle for an answer; everything else an empty one. */
  shape: 'plain' | 'bundle';
  /** `Subscription/…` as the sender names it; may be one we do not know yet. */
  subscription?: string;
}

/** What a delivery says, which is never more than a hint to go and look (`standards.md` §2.8). */
export type Heard =
  | (Common & {
      kind: 'changed';
      refs: ChangedRef[];
      identified: IdentifiedFocus[];
      /** How many foci lay outside the configured base. More than none is worth an alert. */
      foreign: number;
      eventNumbers: bigint[];
    })
  /** Something changed, and the sender does not say what: poll now. */
  | (Common & { kind: 'catch-up'; eventNumbers: bigint[] })
  | (Common & { kind: 'handshake' })
  /** `eventNumber` is the number of the last event: if it is new to us, that event was lost. */
  | (Common & { kind: 'heartbeat'; eventNumber?: bigint });

export type Decoded = Heard | { kind: 'malformed'; why: string };

export const malformed = (why: string): Decoded => ({ kind: 'malformed', why });
