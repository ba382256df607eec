#!/usr/bin/env node
import { Command, CommanderError } from 'commander';
import { ConfigMistakes } from '../config.ts';
import { addCommands } from './commands.ts';
import { EXIT, EXIT_HELP } from './exit-codes.ts';
import { Failure } from './failure.ts';

const program = new Command('loopkeeper')
  .description('Keeps every loop of a practice closed, beside its EHR. Configured by the environment; see README.md.')
  .showHelpAfterError()
  .addHelpText('after', EXIT_HELP)
  .exitOverride();
addCommands(program);

// `loopkeeper sweep | head` closes the pipe when it has seen enough. What was asked for is done to its end all the same,
// also where nothing more can be written; but then nobody may take it for said.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') return;
  console.error(`The answer could not be written (${error.code ?? 'for an unknown reason'}).`);
  process.once('exit', () => {
    process.exitCode = EXIT.failed;
  });
});

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = codeOf(error);
  if (!(error instanceof CommanderError))
    console.error(error instanceof Error ? error.message : 'It failed for an unknown reason.');
}

function codeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  if (error instanceof ConfigMistakes) return EXIT.usage;
  return error instanceof Failure ? error.code : EXIT.failed;
}
