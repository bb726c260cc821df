import { Command } from 'commander';
import { CACHE_COMMANDS, COMMANDS, POLICY_COMMANDS } from './commands';

/** Every command. Wrong usage throws a `CommanderError` after commander has said what is wrong. */
export function buildProgram(): Command {
  const program = new Command('relay')
    .description('LLM Relay: a gateway that plans, caches, schedules, routes and traces requests to language models')
    .showHelpAfterError('(relay --help tells what there is)')
    .exitOverride();
  COMMANDS.forEach((add) => add(program));
  const policy = program.command('policy').description('check, explain and publish policies');
  POLICY_COMMANDS.forEach((add) => add(policy));
  const cache = program.command('cache').description('see, warm and invalidate the cache of a running relay');
  CACHE_COMMANDS.forEach((add) => add(cache));
  return program;
}
