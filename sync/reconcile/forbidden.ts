import { checkContent } from '../domain/content/check-content.ts';
import type { PlannedMessage } from '../domain/plan/plan.ts';
import type { Policy } from '../domain/policy/policy.ts';
import { termsOf } from './compiled.ts';

/**
 * What the rendered words may not say on this medium: the last look before they leave (MIN2, MIN3). Undefined when
 * all is well, else the kinds of thing that were found, for the journal; never the words.
 */
export function forbidden(
  words: { body: string; subject?: string },
  messages: PlannedMessage[],
  policy: Policy,
): { found: string[] } | undefined {
  const [first] = messages;
  const text = first && policy.texts[first.text];
  if (!first || !text) return { found: ['text-missing'] };
  const clinicians = messages.flatMap(m => m.tells.map(telling => telling.practitionerName ?? ''));
  const people = messages.map(m => m.firstName ?? '');
  const findings = checkContent({
    ...words,
    medium: first.medium,
    class: text.class,
    terms: termsOf(policy),
    allowedNames: [...people, ...clinicians, policy.clinic.name].filter(Boolean),
    phones: [policy.clinic.phone, ...policy.clinic.locations.flatMap(place => place.phone ?? [])],
    hosts: policy.clinic.linkHosts,
  });
  return findings.length > 0 ? { found: [...new Set(findings.map(finding => finding.code))] } : undefined;
}
