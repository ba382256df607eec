import type { Bundle, BundleEntry } from '@medplum/fhirtypes';
import type { Clock, Instant } from '../../sync/domain/clock.ts';
import { refusal } from './outcome.ts';

const LIFETIME_MS = 10 * 60_000;
const DEFAULT_COUNT = 100;
const MAX_COUNT = 1000;

export interface Listing<T> {
  type: 'searchset' | 'history';
  /** Everything that was found when the first page was asked for: later pages show exactly this. */
  items: readonly T[];
  /** Rows a page, cut down silently to 1000; 100 when absent; 0 gives the total alone. */
  count?: number;
  /** Absolute URL with the parameters that were really applied. */
  self: string;
  render(items: readonly T[]): Promise<BundleEntry[]>;
}

interface Kept {
  page(offset: number): Promise<Bundle>;
  until: Instant;
}

/** Paging over a frozen result, with an opaque token that expires: the next link of HAPI (hapi.md §5). */
export class Pages {
  readonly #kept = new Map<string, Kept>();
  readonly #clock: Clock;
  readonly #newId: () => string;
  readonly #baseUrl: () => string;

  constructor(clock: Clock, newId: () => string, baseUrl: () => string) {
    this.#clock = clock;
    this.#newId = newId;
    this.#baseUrl = baseUrl;
  }

  async first<T>(listing: Listing<T>): Promise<Bundle> {
    const count = Math.min(listing.count ?? DEFAULT_COUNT, MAX_COUNT);
    if (!(count >= 0)) throw refusal(400, 'invalid', '_count must be a whole number of at least 0.');
    this.#forgetExpired();
    const token = this.#newId();
    const page = async (offset: number): Promise<Bundle> => {
      const end = offset + count;
      const more = count > 0 && end < listing.items.length;
      const entry = await listing.render(listing.items.slice(offset, end));
      const next = `${this.#baseUrl()}?_getpages=${token}&_getpagesoffset=${end}`;
      return {
        resourceType: 'Bundle',
        type: listing.type,
        total: listing.items.length,
        link: [{ relation: 'self', url: listing.self }, ...(more ? [{ relation: 'next', url: next }] : [])],
        ...(entry.length > 0 && { entry }),
      };
    };
    if (listing.items.length > count) this.#kept.set(token, { page, until: this.#later(LIFETIME_MS) });
    return page(0);
  }

  /** A later page. 410 when the token is unknown or has expired: start again from the first page. */
  async turn(token: string, offset: number): Promise<Bundle> {
    this.#forgetExpired();
    const kept = this.#kept.get(token);
    if (!kept) throw refusal(410, 'expired', 'This page has expired. Search again from the first page.');
    return kept.page(offset);
  }

  expireAll(): void {
    this.#kept.clear();
  }

  #forgetExpired(): void {
    const now = this.#clock();
    for (const [token, { until }] of this.#kept) if (until <= now) this.#kept.delete(token);
  }

  #later(ms: number): Instant {
    return new Date(Date.parse(this.#clock()) + ms).toISOString();
  }
}
