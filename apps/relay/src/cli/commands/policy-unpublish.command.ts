import type { Command } from 'commander';
import { withRemote, type RemoteOptions } from '../relay-client';
import { RemotePolicies } from '../remote-policies';
import { print, warn } from '../terminal';

export function addPolicyUnpublish(parent: Command): void {
  withRemote(
    parent.command('unpublish').description("put the policy of the running relay's relay.yaml in force again"),
  ).action(unpublish);
}

async function unpublish(remote: RemoteOptions): Promise<void> {
  const policies = await RemotePolicies.connect(remote);
  const { name, version, digest, file } = await policies.unpublish();
  print(`${name}@${version} ${digest}`);
  warn(`${name}@${version} of ${file.path} is in force`);
}
