#!/usr/bin/env node
import { Command, CommanderError } from 'commander';
import { ConfigMistakes } from '../config.ts';
import { explainFailure } from '../wire.ts';
import { doctorCommand } from './doctor.ts';
import { EXIT, EXIT_HELP } from './exit-codes.ts';
import { explainCommand } from './explain.ts';
import { Failure } from './open.ts';
import { operateCommands } from './operate.ts';
import { planCommand } from './plan.ts';
import { rulesCommand } from './rules.ts';
import { subscriptionsCommand } from './subscriptions.ts';

const program = new Command('loopkeeper')
  .description('Keeps every loop of a practice closed, beside its EHR. Configured by the environment; see README.md.')
  .showHelpAfterError()
  .addHelpText('after', EXIT_HELP)
  .exitOverride();
doctorCommand(program);
planCommand(program);
explainCommand(program);
rulesCommand(program);
subscriptionsCommand(program);
operateCommands(program);

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = codeOf(error);
  if (!(error instanceof CommanderError)) console.error(explainFailure(error));
}

function codeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  if (error instanceof ConfigMistakes) return EXIT.usage;
  return error instanceof Failure ? error.code : EXIT.failed;
}
