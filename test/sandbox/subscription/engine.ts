import type { WithId } from '@medplum/core';
import type { FhirRouter } from '@medplum/fhir-router';
import type { Resource, Subscription } from '@medplum/fhirtypes';
import type { Clock } from '../../../sync/domain/clock.ts';
import type { Faults } from '../faults.ts';
import type { Exclusively } from '../one-at-a-time.ts';
import type { SandboxRepository } from '../repository.ts';
import { passing } from '../search-filter.ts';
import type { Timers } from '../timers.ts';
import type { Version, VersionLog } from '../version-log.ts';
import type { HookStyle } from './hook.ts';
import { subscriptionOperations } from './operations.ts';
import { planOf } from './plan.ts';
import { Sender } from './sender.ts';
import { Watch } from './watch.ts';

export interface EngineParts {
  log: VersionLog;
  repository: SandboxRepository;
  exclusively: Exclusively;
  clock: Clock;
  newId: () => string;
  baseUrl: () => string;
  faults: Faults;
  timers: Timers;
  style: HookStyle;
}

/**
 * Turns commits into notifications. Event numbers live in memory: after a restart they count from 1 again,
 * as HAPI's do (hapi.md §4).
 */
export class SubscriptionEngine {
  readonly #parts: EngineParts;
  readonly #watches = new Map<string, Watch>();
  readonly #working = new Set<Promise<void>>();
  readonly #sender: Sender;

  constructor(parts: EngineParts) {
    this.#parts = parts;
    this.#sender = new Sender(parts.faults, parts.timers);
  }

  /** Throws 422 for a Subscription that could never be served. */
  check(resource: Resource): void {
    if (resource.resourceType === 'Subscription') planOf(resource, this.#parts.baseUrl());
  }

  addOperations(router: FhirRouter): void {
    subscriptionOperations(
      router,
      id => this.#watches.get(id),
      () => [...this.#watches.values()],
      this.#parts,
    );
  }

  /** Takes up the Subscriptions that were replayed from the journal. */
  start(): void {
    for (const resource of this.#parts.log.live('Subscription').all()) {
      const version = this.#parts.log.latest('Subscription', resource.id);
      if (version) this.#subscriptionChanged(version);
    }
  }

  committed(versions: readonly Version[]): void {
    for (const version of versions) {
      if (version.type === 'Subscription') this.#subscriptionChanged(version);
      const before = this.#parts.log.ofResource(version.type, version.id)[Number(version.versionId) - 2];
      // A delete has no content to match: the last living version stands in for it.
      const seen = version.resource ?? before?.resource;
      for (const watch of this.#watches.values()) {
        const { type, filters } = watch.plan;
        if (seen && type === version.type && passing(type, filters)(seen)) watch.notice(version);
      }
    }
  }

  tick(): void {
    this.#parts.timers.runDue();
    const now = this.#parts.clock();
    for (const watch of this.#watches.values()) {
      const { end, status, id } = watch.subscription;
      if (end && status !== 'off' && new Date(end).toISOString() <= now) this.#track(this.#setStatus(id, 'off'));
      else watch.beat();
      watch.pump();
    }
  }

  async settle(): Promise<void> {
    do {
      await Promise.all(this.#working);
      this.tick();
      for (const watch of this.#watches.values()) watch.pump(true);
    } while (this.#working.size > 0);
  }

  async stop(): Promise<void> {
    this.#parts.timers.stop();
    for (const watch of this.#watches.values()) watch.stop();
    this.#watches.clear();
    this.#sender.stop();
    await Promise.all(this.#working);
  }

  #subscriptionChanged({ id, method, resource }: Version): void {
    const known = this.#watches.get(id);
    if (resource?.resourceType !== 'Subscription') {
      known?.stop();
      this.#watches.delete(id);
      return;
    }
    const plan = planOf(resource);
    const setStatus = (status: Subscription['status'], error?: string) =>
      this.#track(this.#setStatus(id, status, error));
    const track = (work: Promise<void>) => this.#track(work);
    const watch = known ?? new Watch({ ...this.#parts, sender: this.#sender, track, setStatus }, resource, plan);
    this.#watches.set(id, watch);
    watch.changed(resource, plan, method === 'POST');
  }

  async #setStatus(id: string, status: Subscription['status'], error?: string): Promise<void> {
    const { exclusively, repository } = this.#parts;
    await exclusively(async () => {
      const current = repository.latest('Subscription', id)?.resource as WithId<Subscription> | undefined;
      if (!current || current.status === status) return;
      const { error: _old, ...rest } = current;
      await repository.updateResource<Subscription>({ ...rest, status, ...(error && { error }) });
    });
  }

  #track(work: Promise<void>): void {
    const tracked = work.finally(() => this.#working.delete(tracked));
    this.#working.add(tracked);
  }
}
