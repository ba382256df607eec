import type { Clock, Instant } from '../../../sync/domain/clock.ts';
import type { Faults } from '../faults.ts';
import type { Timers } from '../timers.ts';

/** Waits between the tries of one delivery, in milliseconds; after the last the delivery is given up. */
const backOffMs = [1_000, 5_000, 30_000];
const REORDER_MS = 1_000;

export interface LaneParts<T> {
  clock: Clock;
  timers: Timers;
  faults: Faults;
  track: (work: Promise<void>) => void;
  /** How many items may travel together. */
  batchSize: () => number;
  /** True when the endpoint accepted. Never rejects. */
  send: (batch: readonly T[]) => Promise<boolean>;
  givenUp: () => void;
}

interface Held<T> {
  item: T;
  due: Instant;
  newestFirst: boolean;
}

/** The notifications of one Subscription, one delivery at a time: while one is retried, the later ones wait (hapi.md §3). */
export class Lane<T> {
  readonly #parts: LaneParts<T>;
  #queue: Held<T>[] = [];
  #failures = 0;
  #resume: Instant = '';
  #retrying: Held<T>[] = [];
  #running = false;

  constructor(parts: LaneParts<T>) {
    this.#parts = parts;
  }

  offer(item: T): void {
    const { faults, timers, clock } = this.#parts;
    if (faults.dropNotifications) return;
    const newestFirst = faults.reorderNotifications;
    const due = newestFirst ? timers.instantAfter(REORDER_MS) : clock();
    const copies = faults.duplicateNotifications ? 2 : 1;
    for (let copy = 0; copy < copies; copy++) this.#queue.push({ item, due, newestFirst });
    if (newestFirst) timers.after(REORDER_MS, () => this.pump());
    this.pump();
  }

  /** Starts to send what is due, and with `flush` also what only waits to be reordered. */
  pump(flush = false): void {
    if (this.#running || this.#nextBatch(flush).length === 0) return;
    this.#running = true;
    const work = this.#run(flush).finally(() => {
      this.#running = false;
    });
    this.#parts.track(work);
  }

  clear(): void {
    this.#queue = [];
    this.#retrying = [];
    this.#failures = 0;
    this.#resume = '';
  }

  async #run(flush: boolean): Promise<void> {
    for (let batch = this.#nextBatch(flush); batch.length > 0; batch = this.#nextBatch(flush)) {
      this.#queue = this.#queue.filter(held => !batch.includes(held));
      this.#retrying = batch;
      if (await this.#parts.send(batch.map(({ item }) => item))) {
        this.#retrying = [];
        this.#failures = 0;
      } else this.#failed();
    }
  }

  #failed(): void {
    const wait = backOffMs[this.#failures];
    if (wait === undefined) {
      this.clear();
      this.#parts.givenUp();
      return;
    }
    this.#failures += 1;
    this.#resume = this.#parts.timers.instantAfter(wait);
    this.#parts.timers.after(wait, () => this.pump());
  }

  #nextBatch(flush: boolean): Held<T>[] {
    const now = this.#parts.clock();
    if (this.#parts.faults.delayNotifications || this.#resume > now) return [];
    if (this.#retrying.length > 0) return this.#retrying;
    const due = this.#queue.filter(held => flush || held.due <= now);
    const ordered = due.some(held => held.newestFirst) ? due.reverse() : due;
    const batch: Held<T>[] = [];
    for (const held of ordered) {
      // A duplicate travels by itself, else the doubled event would come in one Bundle.
      if (batch.length === this.#parts.batchSize() || batch.some(({ item }) => item === held.item)) break;
      batch.push(held);
    }
    return batch;
  }
}
