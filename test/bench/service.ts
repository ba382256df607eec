import { randomUUID } from 'node:crypto';
import { Writable } from 'node:stream';
import winston from 'winston';
import { readConfig } from '../../sync/config.ts';
import { loadProfiles, ownershipFrom } from '../../sync/connect.ts';
import type { Clock } from '../../sync/domain/clock.ts';
import type { Clinic } from '../../sync/domain/policy/clinic.ts';
import { WIDEST } from '../../sync/domain/policy/subscription-wishes.ts';
import type { EhrClient } from '../../sync/fhir/client.ts';
import { loadPolicy } from '../../sync/policy/load-policy.ts';
import { formatMistakes } from '../../sync/policy/load-yaml.ts';
import type { Connection } from '../../sync/reconcile/connection.ts';
import { activate } from '../../sync/reconcile/policy-in-force.ts';
import type { Service } from '../../sync/reconcile/service.ts';
import type { Database } from '../../sync/store/database.ts';
import { wire } from '../../sync/wire.ts';
import { NOW, sampleNamed } from './samples.ts';

export const SECRET = 'a-secret-for-the-hooks-of-benches';

export const quietLog = () =>
  winston.createLogger({
    level: 'warn',
    transports: [
      new winston.transports.Stream({ stream: new Writable({ write: (_chunk, _encoding, done) => done() }) }),
    ],
  });

export const configFor = (ehrUrl = 'http://127.0.0.1:9/fhir') => ({
  ...readConfig({ LOOPKEEPER_PUBLIC_URL: 'http://127.0.0.1:9', EHR_BASE_URL: ehrUrl, EHR_HOOK_SECRET: SECRET }),
  channels: { production: false },
});

/** Puts the shipped rules in force. */
export async function withPolicy(
  database: Database,
  settling = (shipped: Clinic['settling']) => shipped,
): Promise<void> {
  const loaded = loadPolicy('mappings');
  if ('mistakes' in loaded) throw new Error(formatMistakes(loaded.mistakes));
  const { policy, version } = loaded;
  const clinic = { ...policy.clinic, settling: settling(policy.clinic.settling) };
  await activate({ database, clock: () => NOW }, { policy: { ...policy, clinic }, version }, 'bench');
}

export interface Stage {
  clock?: Clock;
  ask?: Service['ask'];
  /** How the EHR answers a read; by default at once, with the sample of that name. */
  read?: EhrClient['read'];
}

/** The service with its real rules, on an EHR that answers from memory and a provider that takes every text. */
export function benchService(database: Database, { clock = () => NOW, ask, read = readSample }: Stage = {}): Service {
  const service = wire(configFor(), database, connectionWith(read), { clock, log: quietLog() }, ask);
  const send = async () => ({ outcome: 'accepted' as const, providerId: randomUUID() });
  const find = async () => ({ outcome: 'unknown' as const });
  for (const medium of ['sms', 'email'] as const)
    service.channels[medium] = { name: `bench-${medium}`, medium, send, find, check: async () => undefined };
  service.isAllowed = () => true;
  return service;
}

const readSample: EhrClient['read'] = async (type, id) => {
  const resource = sampleNamed(type, id);
  return resource ? { outcome: 'found', resource } : { outcome: 'absent' };
};

function connectionWith(read: EhrClient['read']): Connection {
  const profile = loadProfiles('mappings').find(one => one.id === 'hapi');
  if (!profile) throw new Error('There is no EHR profile `hapi`.');
  const unasked = () => {
    throw new Error('This bench only reads.');
  };
  return {
    id: 'ehr',
    baseUrl: 'http://127.0.0.1:9/fhir',
    capability: { fhirVersion: '4.0.1', software: undefined, types: {}, transaction: false, topics: [] },
    client: {
      read,
      pages: unasked,
      create: unasked,
      update: unasked,
      patch: unasked,
      remove: unasked,
      transaction: unasked,
      operation: unasked,
      capability: unasked,
    },
    profile,
    strategies: {},
    ownership: ownershipFrom('mappings'),
    wishes: WIDEST,
    practitioners: [],
    patients: [],
  };
}
