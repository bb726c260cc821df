import type { Command } from 'commander';
import { withRemote, type RemoteOptions } from '../relay-client';
import { RemotePolicies } from '../remote-policies';
import { print, warn } from '../terminal';

interface Options extends RemoteOptions {
  readonly note?: string;
}

export function addPolicyPromote(parent: Command): void {
  withRemote(
    parent.command('promote').description('publish the canary').option('--note <text>', 'what changed, and why'),
  ).action(promote);
}

async function promote({ note, ...remote }: Options): Promise<void> {
  const policies = await RemotePolicies.connect(remote);
  const { name, version, digest } = await policies.promote(note);
  print(`${name}@${version} ${digest}`);
  warn(`${name}@${version} is in force`);
}
