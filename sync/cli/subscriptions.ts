import type { Command } from 'commander';
import type { Config } from '../config.ts';
import { removeSubscriptions, subscriptionHealth } from '../fhir/subscribe/subscribe.ts';
import type { Service } from '../reconcile/service.ts';
import { compareSubscriptions, endpointOf, subscribe } from '../reconcile/subscriptions.ts';
import { EXIT } from './exit-codes.ts';
import { Failure, withService } from './open.ts';
import { counts, terminal } from './print.ts';

const addressOf = ({ publicUrl, environment }: Config) => ({
  publicUrl,
  secret: environment.EHR_HOOK_SECRET,
  signingSecret: environment.EHR_SIGNING_SECRET,
});

const NOT_PUSHED =
  'Nothing is pushed here: set EHR_HOOK_SECRET, or this EHR sends no notifications. Polling hears of every change.';

/** Admin of the EHR's Subscriptions to us (EHR8). Never touches those of anybody else. */
export function subscriptionsCommand(program: Command): void {
  const command = program.command('subscriptions').description("The EHR's Subscriptions to us");
  command
    .command('status')
    .description('What is there, against what should be')
    .action(() => withService((service, config) => status(service, config)));
  command
    .command('apply')
    .description('Make it so; safe to repeat')
    .action(() =>
      withService(async (service, config) => {
        const applied = await subscribe(service, addressOf(config));
        if (!applied) return terminal.line(NOT_PUSHED);
        terminal.line(counts(Object.fromEntries(Object.entries(applied).map(([word, names]) => [word, names.length]))));
        await status(service, config);
      }),
    );
  command
    .command('remove')
    .description('Remove ours; shows them only, without --yes')
    .option('--yes', 'really remove them')
    .action(({ yes }: { yes?: boolean }) => withService((service, config) => remove(service, config, yes ?? false)));
}

async function status(service: Service, config: Config): Promise<void> {
  const diff = await compareSubscriptions(service, addressOf(config));
  if (!diff) return terminal.line(NOT_PUSHED);
  const health = subscriptionHealth(diff);
  for (const { criteria, state, reference, why } of health)
    terminal.line(`${state.padEnd(9)} ${criteria} ${reference ?? ''} ${why ?? ''}`.trimEnd());
  if (health.some(one => one.state === 'missing' || one.state === 'wrong'))
    throw new Failure('Not all is as it should be; `subscriptions apply` mends it.', EXIT.attention);
}

async function remove(service: Service, config: Config, really: boolean): Promise<void> {
  const { client, profile } = service.connection;
  const endpoint = endpointOf(service, addressOf(config));
  if (!really) {
    await status(service, config).catch(() => undefined);
    throw new Failure(`Nothing was removed. With --yes, those that lead to ${endpoint} go.`, EXIT.attention);
  }
  const removed = await removeSubscriptions(client, profile, endpoint);
  terminal.line(removed.length > 0 ? `Removed: ${removed.join(', ')}.` : 'There was nothing of ours.');
}
