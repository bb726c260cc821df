import type { TenantView } from '@relay/contracts';
import type { Command } from 'commander';
import { withRemote, type RemoteOptions } from '../relay-client';
import { RemoteIdentity } from '../remote-identity';
import { table } from '../table';
import { print, printJson } from '../terminal';

interface ListOptions extends RemoteOptions {
  readonly status?: string;
  readonly json?: boolean;
}

export function addTenantsList(parent: Command): void {
  withRemote(
    parent
      .command('list')
      .description('tenants of relay.yaml and of the database')
      .option('--status <status>', 'active, disabled or all (default: active)')
      .option('--json', 'print them as JSON'),
  ).action(async ({ status, json, ...remote }: ListOptions) => {
    const tenants = await (await RemoteIdentity.connect(remote)).tenants({ status });
    if (json) return printJson(tenants);
    print(table([['weight', 'tier', 'from', 'state', 'tenant'], ...tenants.map(rowOf)]));
  });
}

function rowOf({ id, weight, tier, source, disabledAt }: TenantView): string[] {
  return [String(weight), tier, source, disabledAt === null ? 'active' : 'disabled', id];
}
