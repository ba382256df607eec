import type { SubscriptionWishes } from '../../domain/policy/subscription-wishes.ts';
import type { CapabilitySummary } from '../capability.ts';

/** A typo in criteria is loud on HAPI and silent on Medplum, where such a Subscription never fires. What every resource has (`_tag`) need not be declared. */
export function unknownParameters({
  wishes,
  capability,
}: {
  wishes: SubscriptionWishes;
  capability: CapabilitySummary;
}): string[] {
  return Object.entries(wishes.resources).flatMap(([type, { criteria }]) =>
    criteria.flatMap(one => {
      const declared = capability.types[type]?.searchParameters ?? [];
      const names = [...new URLSearchParams(one.split('?')[1]).keys()].map(name => name.split(/[:.]/)[0] ?? '');
      const unknown = names.find(name => !name.startsWith('_') && !declared.includes(name));
      return unknown
        ? [`${one} The EHR declares no search parameter \`${unknown}\` of ${type}: it may never fire.`]
        : [];
    }),
  );
}
