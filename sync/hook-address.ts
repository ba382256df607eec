import type { Config } from './config.ts';
import type { HookAddress } from './reconcile/subscriptions.ts';

/** What the EHR is told of us: of two secrets the new one. */
export function hookAddress({ publicUrl, environment }: Config): HookAddress {
  const [secret] = environment.EHR_HOOK_SECRET ?? [];
  const [signingSecret] = environment.EHR_SIGNING_SECRET ?? [];
  return { publicUrl, ...(secret ? { secret } : {}), ...(signingSecret ? { signingSecret } : {}) };
}
