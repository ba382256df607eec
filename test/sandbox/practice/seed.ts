import type { Instant } from '../../../sync/domain/clock.ts';
import type { SandboxStore } from '../store.ts';
import { practice } from './practice.ts';

/** Writes the practice as it stands at `now` into an EHR, all of it or nothing; resources with the same ids are replaced. */
export function seed(store: Pick<SandboxStore, 'transaction'>, now: Instant): Promise<void> {
  return store.transaction(async within => {
    for (const resource of practice(now)) await within.update(resource);
  });
}
