import { compileTerms, type Terms } from '../domain/content/terms.ts';
import { type CompiledReplies, compileReplies } from '../domain/inbound/reply-words.ts';
import type { Policy } from '../domain/policy/policy.ts';

/** Word lists become matchers once a policy, not once a message. */
const once = <T>(make: (policy: Policy) => T) => {
  const made = new WeakMap<Policy, T>();
  return (policy: Policy): T => {
    const known = made.get(policy);
    if (known) return known;
    const fresh = make(policy);
    made.set(policy, fresh);
    return fresh;
  };
};

export const repliesOf: (policy: Policy) => CompiledReplies = once(policy => compileReplies(policy.replies));
export const termsOf: (policy: Policy) => Terms = once(policy => compileTerms(policy.terms));
