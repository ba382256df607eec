import type { Communication } from '@medplum/fhirtypes';
import type { Instant } from '../clock.ts';
import { LOOPKEEPER } from '../facts/fhir.ts';
import { keyIdentifier } from './codes.ts';

export const CANARY_KEY_SYSTEM = `${LOOPKEEPER}/NamingSystem/canary`;
export const CANARY_TAG = { system: `${LOOPKEEPER}/CodeSystem/tag`, code: 'canary' } as const;

/**
 * A Communication in nobody's chart, about nobody and to nobody: written now and then to hear whether the EHR announces
 * what changes. It bears an identifier of ours, so that it is an echo to every reader of ours.
 */
export const canaryOf = (key: string, now: Instant): Communication => ({
  resourceType: 'Communication',
  meta: { tag: [CANARY_TAG] },
  identifier: [keyIdentifier(CANARY_KEY_SYSTEM, key)],
  status: 'not-done',
  statusReason: { text: 'Nothing was said to anybody.' },
  sent: now,
  note: [{ text: 'Loopkeeper changes this record to hear whether the EHR notifies it. It concerns nobody.' }],
});

export const isCanary = ({ meta }: { meta?: Communication['meta'] }): boolean =>
  (meta?.tag ?? []).some(({ system, code }) => system === CANARY_TAG.system && code === CANARY_TAG.code);
