import type { WithId } from '@medplum/core';
import type { Subscription } from '@medplum/fhirtypes';
import type { Clock, Instant } from '../../../sync/domain/clock.ts';
import type { Faults } from '../faults.ts';
import type { Timers } from '../timers.ts';
import type { Version } from '../version-log.ts';
import { criteriaHook, type HookRequest, type HookStyle, headerOf } from './hook.ts';
import { Lane } from './lane.ts';
import { type NotificationType, notificationBundle, type TopicEvent } from './notification.ts';
import type { Plan, TopicPlan } from './plan.ts';
import type { Sender } from './sender.ts';

export interface WatchParts {
  clock: Clock;
  timers: Timers;
  faults: Faults;
  newId: () => string;
  baseUrl: () => string;
  style: HookStyle;
  sender: Sender;
  track: (work: Promise<void>) => void;
  setStatus: (status: Subscription['status'], error?: string) => void;
}

/** One living Subscription: its events, its queue and its life from requested to active, error and off. */
export class Watch {
  subscription: WithId<Subscription>;
  plan: Plan;
  readonly events: TopicEvent[] = [];
  readonly #parts: WatchParts;
  readonly #lane: Lane<TopicEvent>;
  #lastSent: Instant;
  #cancelBeat = () => {};

  constructor(parts: WatchParts, subscription: WithId<Subscription>, plan: Plan) {
    this.#parts = parts;
    this.subscription = subscription;
    this.plan = plan;
    this.#lastSent = parts.clock();
    this.#lane = new Lane({
      ...parts,
      batchSize: () => (this.plan.kind === 'topic' ? this.plan.maxCount : 1),
      send: batch => this.#deliver(batch),
      givenUp: () => parts.setStatus('error', 'The endpoint did not accept a notification after several tries.'),
    });
  }

  /** A new version of the Subscription itself. A client asks for (re)activation with `requested`. */
  changed(subscription: WithId<Subscription>, plan: Plan, created: boolean): void {
    this.subscription = subscription;
    this.plan = plan;
    if (subscription.status === 'off' || subscription.status === 'error') this.#lane.clear();
    if (plan.kind === 'topic') {
      if (subscription.status === 'requested' || (created && subscription.status === 'active')) this.#shakeHands(plan);
      // Medplum never activates what was requested: such a Subscription stays silent for ever (medplum.md §3).
    } else if (subscription.status === 'requested' && this.#parts.style === 'spec') this.#parts.setStatus('active');
    this.#planBeat();
  }

  /** An event of a topic counts also while the Subscription is in error, so that the gap shows afterwards. */
  notice(version: Version): void {
    const { status } = this.subscription;
    if (status !== 'active' && !(status === 'error' && this.plan.kind === 'topic')) return;
    const event = { number: this.events.length + 1, version };
    this.events.push(event);
    if (status === 'active') this.#lane.offer(event);
  }

  /** Sends a heartbeat when its period has passed without any notification. */
  beat(): void {
    const { plan, subscription } = this;
    if (plan.kind === 'topic' && subscription.status === 'active' && this.#untilNextBeat() <= 0) {
      this.#lastSent = this.#parts.clock();
      const request = this.#bundleRequest('heartbeat', plan, []);
      this.#parts.track(this.#parts.sender.accepted(request, plan.timeoutMs).then(() => {}));
    }
    this.#planBeat();
  }

  pump(flush = false): void {
    this.#lane.pump(flush);
  }

  stop(): void {
    this.#cancelBeat();
    this.#lane.clear();
  }

  #planBeat(): void {
    this.#cancelBeat();
    if (this.subscription.status !== 'active' || !Number.isFinite(this.#untilNextBeat())) return;
    this.#cancelBeat = this.#parts.timers.after(this.#untilNextBeat(), () => this.beat());
  }

  /** Milliseconds; infinite when no heartbeat was asked for. */
  #untilNextBeat(): number {
    const period = this.plan.kind === 'topic' ? this.plan.heartbeatMs : undefined;
    if (period === undefined) return Number.POSITIVE_INFINITY;
    return Date.parse(this.#lastSent) + period - Date.parse(this.#parts.clock());
  }

  #shakeHands(plan: TopicPlan): void {
    const request = this.#bundleRequest('handshake', plan, []);
    const shaken = this.#parts.sender.accepted(request, plan.timeoutMs).then(accepted => {
      if (accepted) this.#parts.setStatus('active');
      else this.#parts.setStatus('error', 'The endpoint did not accept the handshake.');
    });
    this.#parts.track(shaken);
  }

  #deliver(events: readonly TopicEvent[]): Promise<boolean> {
    const request = this.#request(events);
    if (!request) return Promise.resolve(true);
    this.#lastSent = this.#parts.clock();
    return this.#parts.sender.accepted(request, this.plan.timeoutMs);
  }

  #request(events: readonly TopicEvent[]): HookRequest | undefined {
    const { plan } = this;
    if (plan.kind === 'topic') return this.#bundleRequest('event-notification', plan, events);
    const version = events[0]?.version;
    return version && criteriaHook(plan, version, this.#parts.style);
  }

  #bundleRequest(type: NotificationType, plan: TopicPlan, events: readonly TopicEvent[]): HookRequest {
    const { subscription } = this;
    const { newId, clock } = this.#parts;
    const count = events.at(-1)?.number ?? this.events.length;
    const baseUrl = this.#parts.baseUrl();
    const bundle = notificationBundle({ type, subscription, plan, count, events, baseUrl }, newId);
    return {
      method: 'POST',
      url: plan.endpoint,
      headers: [...plan.headers.map(headerOf), ['Content-Type', plan.payload ?? 'application/fhir+json']],
      body: JSON.stringify({ ...bundle, timestamp: clock() }),
    };
  }
}
