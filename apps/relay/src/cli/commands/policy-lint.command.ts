import type { Command } from 'commander';
import { EXIT_PROBLEM } from '../cli-error';
import { formatLintProblem, hasErrors, readLocalPolicy, type LocalPolicy } from '../local-policy';
import { print, printJson, warn } from '../terminal';

interface Options {
  readonly config?: string;
  readonly json?: boolean;
}

export function addPolicyLint(parent: Command): void {
  parent
    .command('lint')
    .description('check a policy without a running relay: 0 without errors, 1 with them')
    .argument('[file]', 'the policy (default: that of relay.yaml)')
    .option('--config <file>', 'relay.yaml, for the names of models')
    .option('--json', 'print the problems as JSON')
    .action(lint);
}

async function lint(file: string | undefined, { config, json }: Options): Promise<void> {
  const local = await readLocalPolicy({ file, config });
  if (json) printJson({ file: local.name, problems: local.problems });
  else {
    local.problems.forEach((problem) => print(formatLintProblem(problem)));
    warn(summaryOf(local));
  }
  if (hasErrors(local.problems)) process.exitCode = EXIT_PROBLEM;
}

function summaryOf({ name, problems, policy }: LocalPolicy): string {
  if (problems.length === 0) {
    return policy ? `${name}: no problems` : `${name} names no policy: the built-in one is in force. No problems`;
  }
  const errors = problems.filter(({ severity }) => severity === 'error').length;
  return `${name}: errors: ${errors}, warnings: ${problems.length - errors}`;
}
