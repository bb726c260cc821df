import type { Command } from 'commander';
import { withRemote, type RemoteOptions } from '../relay-client';
import { RemotePolicies } from '../remote-policies';
import { print, warn } from '../terminal';

interface Options extends RemoteOptions {
  readonly note?: string;
}

export function addPolicyRollback(parent: Command): void {
  withRemote(
    parent
      .command('rollback')
      .description('publish a copy of a version that was published before')
      .argument('<version>', 'a number, or name@number')
      .option('--note <text>', 'why'),
  ).action(rollback);
}

async function rollback(version: string, { note, ...remote }: Options): Promise<void> {
  const policies = await RemotePolicies.connect(remote);
  const released = await policies.rollback(version, note);
  print(`${released.name}@${released.version} ${released.digest}`);
  warn(`${released.name}@${released.version}, a copy of ${version}, is in force`);
}
