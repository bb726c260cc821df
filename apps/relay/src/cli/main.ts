import { CommanderError } from 'commander';
import { CliError, EXIT_PROBLEM, EXIT_USAGE } from './cli-error';
import { buildProgram } from './program';
import { warn } from './terminal';

// Whoever reads the output may have seen enough, as `head` has.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : EXIT_PROBLEM));

buildProgram()
  .parseAsync(process.argv)
  .catch((error: unknown) => {
    process.exitCode = exitCodeOf(error);
  });

/** Says what is to be said, in one line and never with a stack. */
function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EXIT_USAGE; // commander has said it
  warn(error instanceof Error ? error.message : String(error));
  return error instanceof CliError ? error.exitCode : EXIT_PROBLEM;
}
