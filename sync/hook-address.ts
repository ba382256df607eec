import { statSync } from 'node:fs';
import type { Config, HookSecret } from './config.ts';
import { Environment } from './environment.ts';
import type { HookAddress } from './reconcile/subscriptions.ts';
import { textOf } from './secret-files.ts';

/** Of each the new one first; what is behind it is believed, and no longer told. */
export type HookSecretsInUse = Partial<Record<HookSecret, string[]>>;

/** What the EHR is told of us: of two secrets the new one. */
export function hookAddress({ publicUrl, environment }: Config, inUse: HookSecretsInUse = environment): HookAddress {
  const [secret] = inUse.EHR_HOOK_SECRET ?? [];
  const [signingSecret] = inUse.EHR_SIGNING_SECRET ?? [];
  return { publicUrl, ...(secret ? { secret } : {}), ...(signingSecret ? { signingSecret } : {}) };
}

/**
 * The secrets as they are now. One that came from a file is read again when the file has changed, so that nothing has to
 * be restarted while it changes; a file that cannot be used leaves the secret as it was, and is told once.
 */
export function hookSecrets(
  { environment, secretFiles }: Config,
  isWrong: (variable: string) => void,
): () => HookSecretsInUse {
  const readers = (['EHR_HOOK_SECRET', 'EHR_SIGNING_SECRET'] as const).map(name => {
    const file = secretFiles[name];
    return [name, file ? rereading(name, file, environment[name], isWrong) : () => environment[name]] as const;
  });
  return () => Object.fromEntries(readers.map(([name, read]) => [name, read()]));
}

function rereading(name: HookSecret, file: string, first: string[] | undefined, isWrong: (variable: string) => void) {
  let inUse = first;
  let seen = stampOf(file);
  return () => {
    const stamp = stampOf(file);
    if (stamp === seen) return inUse;
    seen = stamp;
    const read = Environment.shape[name].safeParse(textOf(file) ?? '');
    if (read.success && read.data) inUse = read.data;
    else isWrong(`${name}_FILE`);
    return inUse;
  };
}

/** A mounted secret is replaced by another file behind the same name. */
function stampOf(file: string): string {
  const stat = statSync(file, { throwIfNoEntry: false });
  return stat ? `${stat.ino} ${stat.mtimeMs} ${stat.size}` : '';
}
