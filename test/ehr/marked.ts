import type { Bundle, Resource } from '@medplum/fhirtypes';
import { matches } from '../../sync/fhir/bundle.ts';
import type { EhrClient } from '../../sync/fhir/client.ts';

/** Of everything that a run writes; its code is the run's. */
export const RUN_SYSTEM = 'https://loopkeeper.org/test/run';

/** Those that refer to others first: a server may refuse to delete what is referred to. */
const WRITTEN = [
  'Subscription',
  'Task',
  'CommunicationRequest',
  'Communication',
  'AppointmentResponse',
  'Appointment',
  'RelatedPerson',
  'Basic',
  'Patient',
] as const;
const ROUNDS = 50;

/** With the tag of this run; a Bundle has it on what is in it. */
export function marked<T extends Resource>(resource: T, run: string): T {
  if (resource.resourceType === 'Bundle') {
    const entry = (resource.entry ?? []).map(one =>
      one.resource ? { ...one, resource: marked(one.resource, run) } : one,
    );
    return { ...resource, entry };
  }
  const others = (resource.meta?.tag ?? []).filter(tag => tag.system !== RUN_SYSTEM || tag.code !== run);
  return { ...resource, meta: { ...resource.meta, tag: [...others, { system: RUN_SYSTEM, code: run }] } };
}

const ofRun = (run: string) => `_tag=${encodeURIComponent(`${RUN_SYSTEM}|${run}`)}`;

/** The same client, which writes nothing without the tag of the run and searches for nothing else. Histories have no tags. */
export function markingClient(client: EhrClient, run: string): EhrClient {
  return {
    ...client,
    create: (resource, condition) => client.create(marked(resource, run), condition),
    update: (resource, version) => client.update(marked(resource, run), version),
    transaction: (bundle: Bundle) => client.transaction(marked(bundle, run)),
    pages: (path, options) =>
      client.pages(
        path.includes('/_history') ? path : `${path}${path.includes('?') ? '&' : '?'}${ofRun(run)}`,
        options,
      ),
  };
}

type Remover = Pick<EhrClient, 'pages' | 'remove'>;

/** References of all there is of this run, as a search by its tag finds them now. */
export async function leftOf({ pages }: Remover, run: string): Promise<{ type: string; id: string }[]> {
  const left: { type: string; id: string }[] = [];
  for (const type of WRITTEN) {
    for await (const bundle of pages(`${type}?${ofRun(run)}&_count=100`, { fresh: true }))
      left.push(...matches(bundle, type).map(({ id = '' }) => ({ type, id })));
  }
  return left;
}

/** Removes what this run wrote, and nothing else. Throws when something stays. */
export async function removeMarked(client: Remover, run: string): Promise<number> {
  let removed = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const left = await leftOf(client, run);
    if (left.length === 0) return removed;
    for (const ref of left) await client.remove(ref);
    removed += left.length;
  }
  throw new Error(`What run ${run} wrote cannot be removed; search for _tag=${RUN_SYSTEM}|${run}.`);
}
