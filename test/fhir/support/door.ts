import { createHmac } from 'node:crypto';
import express from 'express';
import type { Instant } from '../../../sync/domain/clock.ts';
import type { Heard } from '../../../sync/fhir/notification/notification.ts';
import { type HookConnection, notificationRouter } from '../../../sync/http/notification.ts';
import { type Listening, listen } from '../../sandbox/listen.ts';
import { BASE } from './deliveries.ts';
import { profileOf } from './profiles.ts';

export const SECRET = 'correct-horse-battery';

export interface TestDoor extends Listening {
  heard: { connection: string; heard: Heard }[];
  logged: string[];
  /** While true, nothing can be kept. */
  store: { broken: boolean };
  /** Sends to a connection with the right secret unless told otherwise. */
  knock(
    method: string,
    path: string,
    body?: string | Buffer | object,
    headers?: Record<string, string>,
  ): Promise<Response>;
}

/** Four connections, one for each way of proving oneself and of wanting an answer. */
export async function openDoor(baseUrl = BASE): Promise<TestDoor> {
  const of = (vendor: string, secrets: HookConnection['secrets']): HookConnection => ({
    baseUrl,
    profile: profileOf(vendor),
    secrets,
  });
  const picky = of('hapi', { header: [SECRET] });
  const connections = new Map([
    ['hapi', of('hapi', { header: [SECRET] })],
    ['medplum', of('medplum', { header: [SECRET], signature: { scheme: 'medplum', secrets: ['hmac'] } })],
    ['athena', of('athenahealth', { header: [], signature: { scheme: 'hub', secrets: ['hmac'] } })],
    [
      'silent',
      {
        ...picky,
        profile: { ...picky.profile, subscriptions: { ...picky.profile.subscriptions, answer: 'no-content' } },
      },
    ],
    ['open', of('hapi', { header: [] })],
  ] satisfies [string, HookConnection][]);
  const now: Instant = '2026-11-21T15:30:00.000Z';
  const heard: TestDoor['heard'] = [];
  const logged: string[] = [];
  const store = { broken: false };
  const write = (message: string, fields?: Record<string, unknown>) => logged.push(JSON.stringify({ message, fields }));
  const app = express();
  app.use(
    '/hooks/fhir/:connection',
    notificationRouter({
      connection: name => connections.get(name),
      async accept(wake) {
        if (store.broken) throw new Error('The disk is full.');
        heard.push(wake);
      },
      clock: () => now,
      log: { warn: write },
    }),
  );
  const listening = await listen(app);
  const knock: TestDoor['knock'] = (method, path, body, headers = { 'x-loopkeeper-secret': SECRET }) => {
    const bytes = body === undefined || typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body);
    return fetch(`${listening.url}/hooks/fhir/${path}`, {
      method,
      headers: { 'content-type': 'application/fhir+json', ...headers },
      ...(bytes === undefined ? {} : { body: new Uint8Array(Buffer.from(bytes)) }),
    });
  };
  return { ...listening, heard, logged, store, knock };
}

export const sign = (body: string): string => createHmac('sha256', 'hmac').update(body).digest('hex');
