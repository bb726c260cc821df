import type { ApiKeyView } from '@relay/contracts';
import type { Command } from 'commander';
import { type KeyOptions, ofTenant } from '../key-options';
import { RemoteIdentity } from '../remote-identity';
import { table } from '../table';
import { print, printJson } from '../terminal';

export function addKeysList(parent: Command): void {
  ofTenant(parent.command('list').description('keys of a tenant, by their prefixes')).action(
    async ({ tenant, json, ...remote }: KeyOptions) => {
      const keys = await (await RemoteIdentity.connect(remote)).keys(tenant);
      if (json) return printJson(keys);
      print(table([['id', 'key', 'state', 'last used', 'name'], ...keys.map(rowOf)]));
    },
  );
}

function rowOf({ id, prefix, name, revokedAt, rotatedTo, expiresAt, lastUsedAt }: ApiKeyView): string[] {
  const ends = expiresAt === null ? 'live' : `until ${expiresAt}`;
  const rotated = rotatedTo === null ? ends : `${ends}, rotated`;
  return [id, `${prefix}…`, revokedAt === null ? rotated : 'revoked', lastUsedAt ?? '-', name];
}
