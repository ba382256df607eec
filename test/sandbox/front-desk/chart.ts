import { OperationOutcomeError, type WithId } from '@medplum/core';
import type { Appointment, Patient, Task } from '@medplum/fhirtypes';
import type { SandboxStore } from '../store.ts';

/** A change that was not made, with the sentence for the person who wanted it and the HTTP status of the page. */
export class Refused extends Error {
  readonly status: number;
  constructor(status: number, sentence: string) {
    super(sentence);
    this.status = status;
  }
}

/**
 * Runs something against the EHR and turns its refusals into sentences. `what` is named in them: `visit`, `patient`.
 * Errors that are not the EHR's pass through.
 */
export async function asking<T>(what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof OperationOutcomeError)) throw error;
    throw explained(what, error);
  }
}

function explained(what: string, error: OperationOutcomeError): Refused {
  const issue = error.outcome.issue[0];
  const said = issue?.details?.text ?? issue?.diagnostics ?? 'no reason given';
  if (error.outcome.id === 'not-found') return new Refused(404, `There is no such ${what} in the EHR.`);
  if (error.outcome.id === 'gone') return new Refused(410, `This ${what} was deleted from the EHR.`);
  if (error.outcome.id === 'precondition-failed')
    return new Refused(
      409,
      `Somebody else changed this ${what} after you opened it, so nothing was saved. Below it is shown as it is now; check it and try again.`,
    );
  return new Refused(422, `The EHR did not accept this: ${said}`);
}

/** Saves only onto the version the person saw. */
export function save(store: SandboxStore, resource: Appointment | Patient | Task, seen: string): Promise<void> {
  return asking(NOUN[resource.resourceType], async () => void (await store.update(resource, { ifMatch: seen })));
}

const NOUN = { Appointment: 'visit', Patient: 'patient', Task: 'task' } as const;

/** Both or neither: a cancelled visit without its successor would be a lost patient. */
export function saveAndCreate(
  store: SandboxStore,
  old: Appointment,
  seen: string,
  next: Appointment,
): Promise<WithId<Appointment>> {
  return asking('visit', () =>
    store.transaction(async within => {
      await within.update(old, { ifMatch: seen });
      return within.create(next);
    }),
  );
}

/** An update without a change makes no version, but it does compare versions; a delete alone would not. */
export function remove(store: SandboxStore, appointment: WithId<Appointment>, seen: string): Promise<void> {
  return asking('visit', () =>
    store.transaction(async within => {
      await within.update(appointment, { ifMatch: seen });
      await within.delete('Appointment', appointment.id);
    }),
  );
}
