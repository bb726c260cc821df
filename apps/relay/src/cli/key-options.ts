import type { CreatedApiKey } from '@relay/contracts';
import type { Command } from 'commander';
import { withRemote, type RemoteOptions } from './relay-client';
import { print, printJson, warn } from './terminal';

export interface KeyOptions extends RemoteOptions {
  readonly tenant: string;
  readonly json?: boolean;
}

/** The options of a command that is about keys of one tenant. */
export function ofTenant(command: Command): Command {
  return withRemote(command.requiredOption('--tenant <id>', 'whose keys').option('--json', 'print it as JSON'));
}

/** The key alone goes to the output, so that a script can take it. */
export function showNewKey(created: CreatedApiKey, json?: boolean): void {
  if (json) return printJson(created);
  print(created.key);
  warn(`this is the key ${created.id}; it is not kept anywhere`);
}
