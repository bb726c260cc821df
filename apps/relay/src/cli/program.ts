import { Command } from 'commander';
import {
  ALERT_COMMANDS,
  AUDIT_COMMANDS,
  CACHE_COMMANDS,
  COMMANDS,
  KEY_COMMANDS,
  POLICY_COMMANDS,
  PROVIDER_COMMANDS,
  TENANT_COMMANDS,
  TRACE_COMMANDS,
} from './commands';

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
  const tenants = program.command('tenants').description('manage the tenants of a running relay');
  TENANT_COMMANDS.forEach((add) => add(tenants));
  const keys = program.command('keys').description('create, rotate and revoke API keys');
  KEY_COMMANDS.forEach((add) => add(keys));
  const audit = program.command('audit').description('prove and export the audit log');
  AUDIT_COMMANDS.forEach((add) => add(audit));
  const traces = program.command('traces').description('list, follow and export the traces of a running relay');
  TRACE_COMMANDS.forEach((add) => add(traces));
  const alerts = program.command('alerts').description('see what fires, and test who is told');
  ALERT_COMMANDS.forEach((add) => add(alerts));
  const providers = program
    .command('providers')
    .description('see, override and probe the providers of a running relay');
  PROVIDER_COMMANDS.forEach((add) => add(providers));
  return program;
}
