import type { Faults } from '../faults.ts';
import type { Timers } from '../timers.ts';
import type { HookRequest } from './hook.ts';

/** Sends hooks over real HTTP. What the endpoint says is only looked at as accepted (2xx) or not. */
export class Sender {
  readonly #faults: Faults;
  readonly #timers: Timers;
  readonly #open = new Set<AbortController>();

  constructor(faults: Faults, timers: Timers) {
    this.#faults = faults;
    this.#timers = timers;
  }

  /** Never rejects: an unreachable, slow or redirecting endpoint has not accepted. */
  async accepted({ method, url, headers, body }: HookRequest, timeoutMs: number): Promise<boolean> {
    if (this.#faults.refuseNotifications) return false;
    const abort = new AbortController();
    this.#open.add(abort);
    const cancel = this.#timers.after(timeoutMs, () => abort.abort());
    try {
      const response = await fetch(url, { method, headers, body, redirect: 'manual', signal: abort.signal });
      await response.body?.cancel();
      return response.ok;
    } catch {
      return false;
    } finally {
      cancel();
      this.#open.delete(abort);
    }
  }

  stop(): void {
    for (const abort of this.#open) abort.abort();
  }
}
