import type { Command } from 'commander';
import { withRemote, type RemoteOptions } from '../relay-client';
import { RemoteIdentity } from '../remote-identity';
import { printJson } from '../terminal';

export function addTenantsShow(parent: Command): void {
  withRemote(parent.command('show').description('one tenant, in full').argument('<tenant>')).action(
    async (id: string, remote: RemoteOptions) => printJson(await (await RemoteIdentity.connect(remote)).tenant(id)),
  );
}
