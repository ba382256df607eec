import type { Bundle } from '@medplum/fhirtypes';
import type { EhrClient } from '../client.ts';
import { PageExpired } from '../outcome.ts';

export interface Page {
  bundle: Bundle;
  /** The first page of a new start: whatever was collected from the chain before is to be forgotten. */
  startsOver: boolean;
}

const RESTARTS = 3;

/** All pages of a search, always fresh, started over when a link expires between two pages; the fourth expiry is an error. */
export async function* chain(client: Pick<EhrClient, 'pages'>, path: string): AsyncGenerator<Page> {
  for (let restarts = 0; ; restarts++) {
    let first = true;
    try {
      for await (const bundle of client.pages(path, { fresh: true })) {
        yield { bundle, startsOver: first && restarts > 0 };
        first = false;
      }
      return;
    } catch (error) {
      if (!(error instanceof PageExpired) || restarts >= RESTARTS) throw error;
    }
  }
}
