import type { Drift } from '../fhir/subscribe/drift.ts';

/** `- criteria: Appointment?` is there, `+ criteria: …` is wanted. */
export const driftLines = (drift: readonly Drift[]): string[] =>
  drift.flatMap(({ element, is, should }) => [
    ...is.map(value => `          - ${element}: ${value}`),
    ...should.map(value => `          + ${element}: ${value}`),
  ]);
