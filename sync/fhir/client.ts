import type { Bundle, CapabilityStatement, Resource } from '@medplum/fhirtypes';
import { asBundle, asResource, isResource } from './bundle.ts';
import { EhrError, errorOf } from './outcome.ts';
import { type PagesOptions, pages } from './pages.ts';
import { checkedRef, type ResourceRef, refText } from './reference.ts';
import { openTransport, type Send, type TransportOptions } from './transport.ts';
import { conditionalCreate, type PatchOperation, patch, update, type WriteResult } from './write.ts';

/** `gone`: it was there and is deleted (410). `absent`: this server does not know it (404), or keeps no tombstones. */
export type ReadResult = { outcome: 'found'; resource: Resource } | { outcome: 'gone' } | { outcome: 'absent' };

export interface EhrClient {
  /** The only question whose answer may say that something is not there (design law 10). */
  read(type: string, id: string): Promise<ReadResult>;
  /** Throws PageExpired when a link died: start again. Path and query below the base, e.g. `Appointment?_count=50`. */
  pages(pathAndQuery: string, options: PagesOptions): AsyncIterable<Bundle>;
  /**
   * `ifNoneExist`, e.g. `identifier=system|value`, makes it safe to repeat. Without it, or where the vendor's profile says
   * that it is not obeyed, a lost answer throws `outcome-unknown`: search for our own identifier before trying again.
   */
  create(resource: Resource, ifNoneExist?: string): Promise<{ resource: Resource; created: boolean }>;
  /** `ifMatch` is the versionId that was read. A lost answer is repeated, so `conflict` may be our own success: re-read. */
  update(resource: Resource, ifMatch: string): Promise<WriteResult>;
  patch(ref: ResourceRef, operations: readonly PatchOperation[], ifMatch: string): Promise<WriteResult>;
  /** Deleting what is not there is no error. No server guards a DELETE by version: read first. */
  remove(ref: ResourceRef): Promise<void>;
  /** The answer must be read entry by entry: some servers run a transaction as a batch and still say 200 (Medplum). */
  transaction(bundle: Bundle): Promise<Bundle>;
  /** A GET of an operation, e.g. `Subscription/7/$events?eventsSinceNumber=4`; undefined where the server has none. */
  operation(pathAndQuery: string): Promise<Resource | undefined>;
  capability(): Promise<CapabilityStatement>;
}

/** One client per connection: it owns that EHR's pace, breaker and token. */
export function openEhrClient(options: TransportOptions): EhrClient {
  const send = openTransport(options);
  const { writes } = options.profile;
  const create = conditionalCreate(send, writes.conditionalCreate);
  return {
    read: (type, id) => read(send, { type, id }),
    pages: (path, how) => pages(send, path, how),
    create,
    update: (resource, ifMatch) => update(send, resource, ifMatch),
    patch: (ref, operations, ifMatch) => patch(send, writes.patch, checkedRef(ref), operations, ifMatch),
    async remove(ref) {
      const what = `delete ${refText(checkedRef(ref))}`;
      // No version is named: a clash is with the server's own write, as when HAPI takes up a Subscription (HAPI-0826).
      const request = { method: 'DELETE', path: refText(ref), what, idempotent: true, retryStatuses: [409] } as const;
      const { status, body } = await send(request);
      if (status >= 300 && status !== 404 && status !== 410) throw errorOf(what, status, body);
    },
    async transaction(bundle) {
      const what = 'a transaction';
      const { status, body } = await send({ method: 'POST', path: '', what, body: bundle, idempotent: false });
      if (status !== 200) throw errorOf(what, status, body);
      return asBundle(body, what);
    },
    async operation(path) {
      const what = `operation ${path.split('?', 1)[0]}`;
      const { status, body } = await send({ method: 'GET', path, what, idempotent: true });
      if ([400, 404, 405, 501].includes(status)) return undefined;
      if (status !== 200) throw errorOf(what, status, body);
      return asResource(body, what);
    },
    async capability() {
      const { status, body } = await send({ method: 'GET', path: 'metadata', what: 'metadata', idempotent: true });
      if (status === 200 && isResource(body) && body.resourceType === 'CapabilityStatement') return body;
      if (status !== 200) throw errorOf('metadata', status, body);
      throw new EhrError('What the EHR calls its metadata is no CapabilityStatement.', {
        code: 'not-fhir',
        retry: 'never',
      });
    },
  };
}

const webPage = (what: string, status: number) =>
  new EhrError(`The answer to ${what} is a web page (${status}), and not the EHR's.`, {
    code: 'not-fhir',
    retry: 'later',
    status,
  });
const isWebPage = (headers: Headers): boolean => /^text\/html\b/i.test(headers.get('content-type') ?? '');

async function read(send: Send, ref: ResourceRef): Promise<ReadResult> {
  const what = `read ${refText(checkedRef(ref))}`;
  const { status, headers, body } = await send({ method: 'GET', path: refText(ref), what, idempotent: true });
  // A web page that knows no such address is not the EHR, and may not say that a visit is gone.
  if ((status === 404 || status === 410) && isWebPage(headers)) throw webPage(what, status);
  if (status === 410) return { outcome: 'gone' };
  if (status === 404) return { outcome: 'absent' };
  if (status !== 200) throw errorOf(what, status, body);
  const resource = asResource(body, what);
  if (resource.resourceType === ref.type && resource.id === ref.id) return { outcome: 'found', resource };
  throw new EhrError(`The answer to ${what} is another resource.`, { code: 'not-fhir', retry: 'later' });
}
