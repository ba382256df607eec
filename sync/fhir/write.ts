import type { Resource } from '@medplum/fhirtypes';
import { asResource } from './bundle.ts';
import type { EhrResponse } from './exchange.ts';
import { errorOf, outcomeMentions } from './outcome.ts';
import type { VendorProfile } from './profile.ts';
import { checkedRef, type ResourceRef, refText } from './reference.ts';
import type { Send } from './transport.ts';

/** `conflict`: somebody else wrote meanwhile. Re-read and decide anew; never send the same again (`standards.md` §3.9). */
export type WriteResult = { outcome: 'updated'; resource: Resource } | { outcome: 'conflict' };

/** JSON Patch, RFC 6902. */
export type PatchOperation =
  | { op: 'add' | 'replace' | 'test'; path: string; value: unknown }
  | { op: 'remove'; path: string };

type Created = { resource: Resource; created: boolean };

/** Creates; serially where different keys at once would only bring 409s and cost more than they save (Medplum). */
export function conditionalCreate(send: Send, how: VendorProfile['writes']['conditionalCreate']) {
  let queue: Promise<unknown> = Promise.resolve();
  return function createResource(resource: Resource, ifNoneExist?: string): Promise<Created> {
    const condition = how === 'no' ? undefined : ifNoneExist;
    if (how !== 'one-at-a-time' || condition === undefined) return create(send, resource, condition);
    const turn = queue.then(() => create(send, resource, condition));
    queue = turn.catch(() => undefined);
    return turn;
  };
}

async function create(send: Send, resource: Resource, ifNoneExist: string | undefined): Promise<Created> {
  const what = `create ${resource.resourceType}`;
  const response = await send({
    method: 'POST',
    path: resource.resourceType,
    what,
    headers: ifNoneExist === undefined ? REPRESENTATION : { 'if-none-exist': ifNoneExist, ...REPRESENTATION },
    body: resource,
    idempotent: ifNoneExist !== undefined,
    // Two creates of one key at once: the loser gets 409 and, asking again, the winner's row (HAPI, Medplum).
    retryStatuses: ifNoneExist === undefined ? [] : [409],
  });
  const { status, body } = response;
  if (status !== 200 && status !== 201) throw errorOf(what, status, body);
  return { resource: stored(resource, response, what), created: status === 201 };
}

/** Guarded by version in the way this server obeys. Not repeated after a lost answer: a patch may not be idempotent. */
export async function patch(
  send: Send,
  how: VendorProfile['writes']['patch'],
  ref: ResourceRef,
  operations: readonly PatchOperation[],
  ifMatch: string,
): Promise<WriteResult> {
  const what = `patch ${refText(ref)}`;
  const test: PatchOperation = { op: 'test', path: '/meta/versionId', value: ifMatch };
  const { status, body } = await send({
    method: 'PATCH',
    path: refText(ref),
    what,
    headers: { 'content-type': 'application/json-patch+json', 'if-match': `W/"${ifMatch}"` },
    body: how === 'version-test' ? [test, ...operations] : operations,
    idempotent: false,
  });
  if (status === 409 || status === 412) return { outcome: 'conflict' };
  // Medplum says a failed test with a plain 400.
  if (how === 'version-test' && status === 400 && outcomeMentions(body, 'Test failed')) return { outcome: 'conflict' };
  if (status !== 200) throw errorOf(what, status, body);
  return { outcome: 'updated', resource: asResource(body, what) };
}

/**
 * What is stored now: the answer's body or, from a server that answers with headers or remarks only, what we sent under
 * its new name.
 */
function stored(sent: Resource, { status, headers, body }: EhrResponse, what: string): Resource {
  const answered = body === undefined ? undefined : asResource(body, what);
  if (answered?.resourceType === sent.resourceType) return answered;
  if (answered && !isRemark(answered)) throw errorOf(what, status, body, { later: true });
  const id = /\/([A-Za-z0-9.-]+)(?:\/_history\/[^/]+)?$/.exec(headers.get('location') ?? '')?.[1] ?? sent.id;
  const versionId = /"([^"]+)"/.exec(headers.get('etag') ?? '')?.[1];
  if (id === undefined) throw errorOf(what, status, body, { later: true });
  const meta = versionId === undefined ? sent.meta : { ...sent.meta, versionId };
  return { ...sent, id, ...(meta === undefined ? {} : { meta }) };
}

/** Some call a failure a success and put the truth into the OperationOutcome. */
const isRemark = (answered: Resource): boolean =>
  answered.resourceType === 'OperationOutcome' &&
  answered.issue?.every(({ severity }) => severity === 'information' || severity === 'warning');

/** Asks for the stored resource back; without it the version to send next would be unknown. */
const REPRESENTATION = { prefer: 'return=representation' };

export async function update(send: Send, resource: Resource, ifMatch: string): Promise<WriteResult> {
  const ref = checkedRef({ type: resource.resourceType, id: resource.id ?? '' });
  const what = `update ${refText(ref)}`;
  const response = await send({
    method: 'PUT',
    path: refText(ref),
    what,
    // Without the quotes Medplum ignores the header and overwrites.
    headers: { 'if-match': `W/"${ifMatch}"`, ...REPRESENTATION },
    body: resource,
    idempotent: true,
  });
  const { status, body } = response;
  if (status === 409 || status === 412) return { outcome: 'conflict' };
  if (status !== 200 && status !== 201) throw errorOf(what, status, body);
  return { outcome: 'updated', resource: stored(resource, response, what) };
}
