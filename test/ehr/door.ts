import { setTimeout as sleep } from 'node:timers/promises';
import express from 'express';
import { afterAll, beforeAll, inject, vi } from 'vitest';
import { systemClock } from '../../sync/domain/clock.ts';
import type { Heard } from '../../sync/fhir/notification/notification.ts';
import { desiredSubscriptions, type WireSubscription } from '../../sync/fhir/subscribe/desired.ts';
import { subscriptionDiff } from '../../sync/fhir/subscribe/diff.ts';
import { readSubscriptions, removeSubscriptions } from '../../sync/fhir/subscribe/subscribe.ts';
import { notificationRouter } from '../../sync/http/notification.ts';
import { type Listening, listen } from '../sandbox/listen.ts';
import { SECRET } from './connect-to.ts';
import type { Ehr } from './ehr.ts';

export const OTHER_SECRET = 'another-correct-horse';

/** A stock HAPI looks for what wants a notification every 5 s; the one of the tests does so four times a second. */
export const SOON = { timeout: 15_000, interval: 50 };

const STOCK_SWEEP_MS = 6000;

/** Which Subscriptions to make, for this endpoint. */
export type Wish = (ehr: Ehr, endpoint: string, secret?: string) => WireSubscription[];
/** Is this what was to be heard of the visit with this id? */
export type Says = (id: string, heard: Heard) => boolean;

export const sayWhich: Says = (id, heard) => heard.kind === 'changed' && heard.refs.some(ref => ref.id === id);
export const sayLook: Says = (_id, heard) => heard.kind === 'catch-up';

/** As the service wishes for itself where there are no topics. */
export const byCriteria: Wish = ({ connection }, endpoint, secret = SECRET) =>
  desiredSubscriptions({
    profile: connection.profile,
    endpoint,
    secret,
    types: [{ type: 'Appointment', push: 'criteria' }],
  });

export async function compared(ehr: Ehr, endpoint: string, secret = SECRET) {
  const { client, profile } = ehr.connection;
  return subscriptionDiff(
    byCriteria(ehr, endpoint, secret),
    await readSubscriptions(client, profile),
    endpoint,
    systemClock(),
  );
}

export interface Door {
  heard: Heard[];
  /** Why something that knocked was not let in. */
  refused: string[];
  endpoint(): string;
  /** Answers nobody until what it returns is called. */
  hold(): () => void;
  /** How many wait for an answer. */
  waiting(): number;
}

/** The service's own door for hooks, open while these tests run, with Subscriptions that lead to it and are active. */
export function ourDoor(ehr: Ehr, wish: Wish): Door {
  const heard: Heard[] = [];
  const refused: string[] = [];
  let listening: Listening | undefined;
  let gate: Promise<void> | undefined;
  let waiting = 0;
  const accept = async (said: Heard) => {
    waiting += 1;
    await gate;
    waiting -= 1;
    heard.push(said);
  };
  const hold = () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    gate = promise;
    return resolve;
  };
  const endpoint = () => `${listening?.url}/hooks/fhir/ehr`;
  beforeAll(async () => {
    const { baseUrl, profile, client } = ehr.connection;
    const app = express();
    const router = notificationRouter({
      connection: () => ({ baseUrl, profile, secrets: { header: [SECRET, OTHER_SECRET] } }),
      accept: wake => accept(wake.heard),
      clock: systemClock,
      log: { warn: (_message, fields) => refused.push(String(fields?.reason)) },
    });
    app.use('/hooks/fhir/:connection', router);
    listening = await listen(app);
    for (const want of wish(ehr, endpoint())) await client.create(want);
    await vi.waitFor(async () => {
      const ours = (await readSubscriptions(client, profile)).filter(each => each.channel.endpoint === endpoint());
      if (ours.length !== 1 || ours[0]?.status !== 'active') throw new Error('The Subscription is not active.');
    }, SOON);
  });
  afterAll(async () => {
    await removeSubscriptions(ehr.connection.client, ehr.connection.profile, endpoint());
    // HAPI forgets it at its next sweep, and does not say so; a door that closed before would hold up the hooks of all.
    await sleep(inject('given') ? STOCK_SWEEP_MS : 1000);
    await listening?.close();
  });
  return { heard, refused, endpoint, hold, waiting: () => waiting };
}
