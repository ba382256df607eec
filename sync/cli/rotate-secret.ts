import { randomBytes } from 'node:crypto';
import { type Config, ConfigMistakes, type HookSecret } from '../config.ts';
import { minus } from '../domain/time.ts';
import { applySubscriptions } from '../fhir/subscribe/subscribe.ts';
import { hookAddress } from '../hook-address.ts';
import { compareSubscriptions } from '../reconcile/subscriptions.ts';
import { NotWritten, writeWhole } from '../write-whole.ts';
import { EXIT } from './exit-codes.ts';
import { Failure } from './failure.ts';
import { believes, lastHeard } from './knock.ts';
import { type Connected, withConnection } from './open.ts';
import { localMoment, type Out, plural } from './print.ts';

export interface RotateOptions {
  signing?: boolean;
  yes?: boolean;
}

const freshSecret = (): string => randomBytes(32).toString('base64url');

/** What an EHR still had to tell when it was told of the new one comes with the one of before: HAPI tries for a minute each. */
const QUIET = 'PT10M';

/**
 * In two steps, so that no notification is refused in between: first both are believed and the EHR is told the new one,
 * then the one of before goes.
 */
export const runRotateSecret = ({ signing = false, yes = false }: RotateOptions, out: Out, fresh = freshSecret) =>
  withConnection(async (service, config) => {
    const name: HookSecret = signing ? 'EHR_SIGNING_SECRET' : 'EHR_HOOK_SECRET';
    const [current, former] = config.environment[name] ?? [];
    if (!current) throw new ConfigMistakes([`${name} is not set, so there is nothing to rotate.`]);
    if (former === undefined) await begin(service, config, name, { current, fresh: fresh() }, out);
    else await finish(service, config, name, { current, former }, yes, out);
  });

async function begin(
  service: Connected,
  config: Config,
  name: HookSecret,
  { current, fresh }: { current: string; fresh: string },
  out: Out,
): Promise<void> {
  const file = config.secretFiles[name];
  if (!file) return sayHow(name, fresh, out);
  write(name, file, [fresh, current]);
  out.line(
    `Wrote a new secret into ${file}, before the one of now. The running service sees it by itself and believes both.`,
  );
  const renewed = { ...config, environment: { ...config.environment, [name]: [fresh, current] } };
  const believed = await believes(service.connection, renewed);
  if (believed === 'no')
    throw new Failure(
      'The service does not believe the new one, so the EHR was not told of it. Does it read this very file? Start it again, then `subscriptions apply`.',
      EXIT.attention,
    );
  if (believed === 'unknown')
    return out.line(
      'The service could not be asked from here, so the EHR was not told of it now: the service tells it within five minutes. Then rotate again, to take the former one away.',
    );
  await tell(service, renewed, out);
  out.line(
    'Once notifications come with it, and for ten minutes none has come with the former one, `subscriptions rotate-secret` takes the former one away.',
  );
}

/** It is nowhere else, so it is shown: once, and only here. */
function sayHow(name: HookSecret, fresh: string, out: Out): void {
  out.line(`${name} is no file, so nothing was changed. To rotate it:`);
  out.line(
    `1. Where the service gets its environment from (for npm, .env), set ${name} to the new secret, a comma, and the one of now:`,
  );
  out.line(`   ${name}=${fresh},<what it is now>`);
  out.line('2. Start the service again. It believes both, and tells the EHR the new one.');
  out.line('   Several instances: set `<what it is now>,<new>` first on all of them, then this on all of them.');
  out.line('3. Look with `subscriptions rotate-secret` again: it says when the one behind the comma may go.');
  out.line(`With ${name}_FILE instead this command does it all by itself, and nothing has to be started again.`);
}

async function finish(
  service: Connected,
  config: Config,
  name: HookSecret,
  { current }: { current: string; former: string },
  yes: boolean,
  out: Out,
): Promise<void> {
  await tell(service, config, out);
  const why = yes ? undefined : await whyNotYet(service, config, name);
  if (why) throw new Failure(`Two secrets are believed, and stay so. ${why}`, EXIT.attention);
  const file = config.secretFiles[name];
  if (!file)
    return out.line(
      `The one behind the comma may go: set ${name} to the first of the two alone, and start the service again.`,
    );
  write(name, file, [current]);
  out.line(`Took the former secret out of ${file}. The service refuses it from now on.`);
}

/** Corrects only: what is missing, or there twice, is not this command's to mend. */
async function tell(service: Connected, config: Config, out: Out): Promise<void> {
  const diff = await compareSubscriptions(service, hookAddress(config));
  const update = (diff?.update ?? []).filter(({ drift }) => drift.some(({ element }) => CARRIES.includes(element)));
  if (!diff || update.length === 0) return;
  const done = await applySubscriptions(service.connection.client, { ...diff, create: [], update, remove: [] });
  out.line(`Told the EHR the new secret: ${plural(done.updated.length, 'Subscription')}.`);
  const left = done.conflicts.length + done.refused.length;
  if (left > 0)
    throw new Failure(
      `${plural(left, 'Subscription')} could not be changed now. Both secrets stay believed; try again.`,
      EXIT.attention,
    );
}
const CARRIES = ['channel.header', 'extension'];

async function whyNotYet({ clock }: Connected, config: Config, name: HookSecret): Promise<string | undefined> {
  const heard = await lastHeard(config, name);
  const either = 'With --yes the former one goes all the same.';
  if (!heard) return `The service could not be asked what notifications come with. ${either}`;
  if (!heard.current)
    return `No notification has come with the new one since the service started: change something in the EHR, or wait. ${either}`;
  if (heard.former && heard.former > minus(clock(), QUIET))
    return `A notification came with the former one at ${localMoment(heard.former, 'UTC')}. Look again ten minutes after the last. ${either}`;
  return undefined;
}

function write(name: HookSecret, file: string, secrets: string[]): void {
  try {
    writeWhole(file, `${secrets.join(',')}\n`, 'replaced');
  } catch (error) {
    if (!(error instanceof NotWritten)) throw error;
    throw new ConfigMistakes([`${name}_FILE: ${file} ${error.message}. Nothing was changed.`]);
  }
}
