import type { Command } from 'commander';
import { withRemote, type RemoteOptions } from '../relay-client';
import { RemoteIdentity } from '../remote-identity';
import { warn } from '../terminal';

export function addTenantsDisable(parent: Command): void {
  const command = parent.command('disable').description('refuse all keys of a tenant at once; its data stays');
  withRemote(command.argument('<tenant>')).action(async (id: string, remote: RemoteOptions) => {
    await (await RemoteIdentity.connect(remote)).disableTenant(id);
    warn(`the tenant ${id} is disabled: its keys are refused; relay tenants update ${id} --enable undoes it`);
  });
}
