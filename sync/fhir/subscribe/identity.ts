import type { Subscription } from '@medplum/fhirtypes';
import { BACKPORT, SUBSCRIPTION_TAG, type WireSubscription } from './desired.ts';

type Named = Pick<WireSubscription, 'criteria' | '_criteria'>;

/** Search criteria have a question mark; the canonical of a topic has none. */
export const isTopic = ({ criteria }: Pick<Subscription, 'criteria'>): boolean => !(criteria ?? '').includes('?');

/** What a topic is narrowed by. */
const filtersOf = ({ _criteria }: Named): string[] =>
  (_criteria?.extension ?? []).flatMap(({ url, valueString }) =>
    url === `${BACKPORT}/backport-filter-criteria` && valueString ? [valueString] : [],
  );

export const typeOf = (subscription: Named): string =>
  (isTopic(subscription) ? (filtersOf(subscription)[0] ?? '') : (subscription.criteria ?? '')).split('?')[0] ?? '';

/** What it leaves out nobody announces: then a change that only the poll finds says nothing about it. */
export const isNarrow = (subscription: Named): boolean => {
  const filters = isTopic(subscription) ? filtersOf(subscription) : [subscription.criteria ?? ''];
  return filters.some(filter => !filter.endsWith('?'));
};

/** `Appointment?`, a topic, or a topic with its filter: what it is known by, to people and between two looks. */
export const nameOf = (subscription: Named): string =>
  isTopic(subscription) && isNarrow(subscription)
    ? `${subscription.criteria} (${filtersOf(subscription).join(', ')})`
    : (subscription.criteria ?? '');

/** Ours, for this endpoint: `…/hooks/fhir/one` is not `…/hooks/fhir/one-more`. */
export const isOurs = (subscription: Subscription, endpoint: string): boolean =>
  isTagged(subscription) && isBelow(subscription.channel?.endpoint, endpoint);

export const isTagged = ({ meta }: Subscription): boolean =>
  (meta?.tag ?? []).some(tag => tag.system === SUBSCRIPTION_TAG.system && tag.code === SUBSCRIPTION_TAG.code);

const isBelow = (text: string | undefined, endpoint: string): boolean =>
  text === endpoint || (text?.startsWith(`${endpoint}/`) ?? false);
