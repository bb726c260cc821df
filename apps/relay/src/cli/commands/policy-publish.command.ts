import type { Command } from 'commander';
import { withRemote, type RemoteOptions } from '../relay-client';
import { RemotePolicies } from '../remote-policies';
import { print, warn } from '../terminal';

export function addPolicyPublish(parent: Command): void {
  withRemote(
    parent
      .command('publish')
      .description('put a draft in force')
      .argument('<version>', 'a number, name@number, or latest'),
  ).action(publish);
}

async function publish(version: string, remote: RemoteOptions): Promise<void> {
  const policies = await RemotePolicies.connect(remote);
  const draft = await policies.version(version);
  const { name, version: number, digest } = await policies.publish(`${draft.name}@${draft.version}`, draft.digest);
  print(`${name}@${number} ${digest}`);
  warn(`${name}@${number} is in force`);
}
