import { z } from 'zod';
import { parseReference, type VersionedRef } from '../reference.ts';
import { isResourceType } from '../resource-types.ts';
import { decodeBundle } from './decode-bundle.ts';
import { parseJson } from './json.ts';
import { type Decoded, type DecodeOptions, type Delivery, malformed } from './notification.ts';

/**
 * What a delivery says, told by its content alone: servers are upgraded and lie about themselves (`standards.md` §2).
 * `why` of a malformed one is a fixed sentence and holds nothing of what was sent.
 */
export function decode(delivery: Delivery, options: DecodeOptions): Decoded {
  const { method, body } = delivery;
  const path = delivery.path.replace(/^\/+|\/+$/g, '');
  const named = path === '' ? undefined : parseReference(path, options.baseUrl);
  if (named && named.kind !== 'ours') return malformed('The path names no resource.');
  if (method === 'DELETE') return named ? changed(delivery, named.ref) : malformed('A DELETE must name a resource.');
  if (method !== 'POST' && method !== 'PUT') return malformed('Only POST, PUT and DELETE are notifications.');
  if (isBlank(body)) {
    return named
      ? changed(delivery, named.ref)
      : { kind: 'catch-up', shape: 'plain', eventNumbers: [], ...senderOf(delivery) };
  }
  const parsed = parseJson(body);
  if ('why' in parsed) return malformed(parsed.why);
  return decodeBody(delivery, parsed.value, named?.ref, options);
}

const isBlank = (body: Buffer): boolean => body.every(byte => byte === 0x20 || (byte >= 0x09 && byte <= 0x0d));

const resourceSchema = z.looseObject({
  resourceType: z.string(),
  id: z.string().optional(),
  meta: z.looseObject({ versionId: z.string().optional() }).optional(),
});

function decodeBody(
  delivery: Delivery,
  body: unknown,
  named: VersionedRef | undefined,
  options: DecodeOptions,
): Decoded {
  const deleted = header(delivery, 'x-medplum-deleted-resource');
  if (!named && deleted !== undefined) {
    const ref = parseReference(deleted, options.baseUrl);
    return ref.kind === 'ours'
      ? changed(delivery, ref.ref)
      : malformed('The header of the deletion names no resource.');
  }
  const resource = resourceSchema.safeParse(body);
  if (!resource.success) return malformed('The body is no FHIR resource.');
  const { resourceType, id, meta } = resource.data;
  if (!isResourceType(resourceType)) return malformed('The body is a resource of no known type.');
  if (resourceType === 'Bundle' && !named) return decodeBundle(body, options);
  const inside = parseReference(`${resourceType}/${id ?? ''}`, options.baseUrl);
  if (inside.kind !== 'ours') return malformed('The resource has no usable id.');
  if (named && (named.type !== inside.ref.type || named.id !== inside.ref.id))
    return malformed('Path and body name different resources.');
  const versionId =
    meta?.versionId ?? named?.versionId ?? /"([^"]{1,128})"/.exec(header(delivery, 'if-match') ?? '')?.[1];
  return changed(delivery, { ...inside.ref, ...(versionId === undefined ? {} : { versionId }) });
}

function changed(delivery: Delivery, ref: VersionedRef): Decoded {
  const common = { shape: 'plain' as const, identified: [], foreign: 0, eventNumbers: [] };
  return { kind: 'changed', refs: [ref], ...common, ...senderOf(delivery) };
}

/** Only Medplum says which Subscription it was. */
function senderOf(delivery: Delivery): { subscription?: string } {
  const id = header(delivery, 'x-medplum-subscription');
  return id !== undefined && /^[A-Za-z0-9.-]{1,128}$/.test(id) ? { subscription: `Subscription/${id}` } : {};
}

function header({ headers }: Delivery, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value[0] : value;
}
