import type { Command } from 'commander';
import { type KeyOptions, ofTenant } from '../key-options';
import { RemoteIdentity } from '../remote-identity';
import { warn } from '../terminal';

export function addKeysRevoke(parent: Command): void {
  ofTenant(
    parent.command('revoke').description('refuse a key from now on, everywhere').argument('<id>', 'as the list has it'),
  ).action(async (id: string, { tenant, ...remote }: KeyOptions) => {
    await (await RemoteIdentity.connect(remote)).revokeKey(tenant, id);
    warn(`the key ${id} is revoked`);
  });
}
