import type { Extension, Subscription, SubscriptionChannel } from '@medplum/fhirtypes';
import { type SubscriptionWishes, WIDEST, wishFor } from '../../domain/policy/subscription-wishes.ts';
import { SECRET_HEADER } from '../notification/verify.ts';
import type { VendorProfile } from '../profile.ts';
import type { Push } from '../strategy.ts';

/** Marks what we wrote ourselves; with the endpoint it says which Subscriptions are ours to change. */
export const SUBSCRIPTION_TAG = { system: 'https://loopkeeper.org/fhir/CodeSystem/tag', code: 'subscription' } as const;

interface PrimitiveExtensions {
  extension: Extension[];
}

/** A Subscription with the extensions of its primitives, which the generated types do not know. */
export type WireSubscription = Subscription & {
  _criteria?: PrimitiveExtensions;
  channel: SubscriptionChannel & { _payload?: PrimitiveExtensions };
};

export interface DesiredOptions {
  profile: VendorProfile;
  /** Where this connection's hooks arrive, without a slash at the end and, for HAPI, without a query. */
  endpoint: string;
  /** Comes back in `X-Loopkeeper-Secret`. Letters, digits, `-`, `_`, `.`: Medplum cuts a header at a second colon. */
  secret: string;
  /** The key of Medplum's HMAC. */
  signingSecret?: string;
  types: readonly { type: string; push: Push; topics?: readonly string[] }[];
  /** What the practice asks for; all of everything, unless given. */
  wishes?: SubscriptionWishes;
}

export const BACKPORT = 'http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition';
const HAPI_DELETES = 'http://hapifhir.io/fhir/StructureDefinition/subscription-send-delete-messages';
export const MEDPLUM_SECRET = 'https://www.medplum.com/fhir/StructureDefinition/subscription-secret';
const MEDPLUM_ATTEMPTS = 'https://medplum.com/fhir/StructureDefinition/subscription-max-attempts';

/**
 * The Subscriptions there should be: per type the widest criteria, as whoever leaves narrow ones leaves in silence, unless
 * the practice wishes for narrower ones. None where deliveries are registered by hand with the vendor (athenahealth).
 * Throws when secret or endpoint cannot work.
 */
export function desiredSubscriptions(options: DesiredOptions): WireSubscription[] {
  if (options.profile.subscriptions.signature === 'hub') return [];
  if (!/^[\w.-]{16,200}$/.test(options.secret)) {
    throw new Error('A hook secret must have 16 to 200 letters, digits, dots, dashes or underscores.');
  }
  if (/[?#]|\/$/.test(options.endpoint)) {
    throw new Error('A hook endpoint must have no query and no slash at the end: servers append to it.');
  }
  return options.types.flatMap(({ type, push, topics = [] }) => {
    const { subscribe, criteria } = wishFor(options.wishes ?? WIDEST, type);
    if (!subscribe || push === 'none') return [];
    const filters = criteria.length > 0 ? criteria : [`${type}?`];
    return filters.flatMap(filter =>
      push === 'criteria'
        ? [byCriteria(type, filter, options)]
        : topics.map(topic => byTopic(type, topic, filter, options)),
    );
  });
}

function byCriteria(type: string, criteria: string, options: DesiredOptions): WireSubscription {
  const { deletes, signature } = options.profile.subscriptions;
  const channel = deletes === 'hapi-extension' ? [{ url: HAPI_DELETES, valueBoolean: true }] : [];
  const root: Extension[] = signature === 'medplum' ? [{ url: MEDPLUM_ATTEMPTS, valueInteger: 18 }] : [];
  if (signature === 'medplum' && options.signingSecret)
    root.push({ url: MEDPLUM_SECRET, valueString: options.signingSecret });
  return {
    ...common(type, options),
    ...(root.length > 0 ? { extension: root } : {}),
    criteria,
    channel: {
      ...channelOf(type, options),
      // Without this key nothing but the bell rings.
      ...(wishFor(options.wishes ?? WIDEST, type).payload.criteria === 'empty' ? {} : { payload: FHIR_JSON }),
      ...(channel.length > 0 ? { extension: channel } : {}),
    },
  };
}

function byTopic(type: string, topic: string, filter: string, options: DesiredOptions): WireSubscription {
  const content = wishFor(options.wishes ?? WIDEST, type).payload.topic;
  return {
    ...common(type, options),
    meta: { profile: [`${BACKPORT}/backport-subscription`], tag: [SUBSCRIPTION_TAG] },
    criteria: topic,
    // HAPI demands a filter; `Appointment?` lets everything through.
    _criteria: { extension: [{ url: `${BACKPORT}/backport-filter-criteria`, valueString: filter }] },
    channel: {
      ...channelOf(type, options),
      payload: FHIR_JSON,
      extension: [
        { url: `${BACKPORT}/backport-heartbeat-period`, valueUnsignedInt: 300 },
        { url: `${BACKPORT}/backport-timeout`, valueUnsignedInt: 20 },
        { url: `${BACKPORT}/backport-max-count`, valuePositiveInt: 20 },
      ],
      _payload: { extension: [{ url: `${BACKPORT}/backport-payload-content`, valueCode: content }] },
    },
  };
}

const common = (type: string, { profile }: DesiredOptions) => ({
  resourceType: 'Subscription' as const,
  meta: { tag: [SUBSCRIPTION_TAG] },
  status: profile.subscriptions.createAs,
  reason: `Loopkeeper hears of changes to ${type}.`,
});

const FHIR_JSON = 'application/fhir+json';

const channelOf = (type: string, { endpoint, secret, wishes = WIDEST }: DesiredOptions): SubscriptionChannel => ({
  type: 'rest-hook',
  endpoint,
  header: [`${SECRET_HEADER}: ${secret}`, ...wishes.headers, ...wishFor(wishes, type).headers],
});
