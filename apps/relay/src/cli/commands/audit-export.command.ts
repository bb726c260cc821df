import type { Command } from 'commander';
import { withRemote, type RemoteOptions } from '../relay-client';
import { RemoteIdentity } from '../remote-identity';
import { print } from '../terminal';

interface ExportOptions extends RemoteOptions {
  readonly actor?: string;
  readonly action?: string;
  readonly target?: string;
  readonly from?: string;
  readonly to?: string;
}

export function addAuditExport(parent: Command): void {
  withRemote(
    parent
      .command('export')
      .description('print entries as lines of JSON, newest first')
      .option('--actor <who>', 'an id or an e-mail address')
      .option('--action <action>', 'such as key.revoke, or key for all of them')
      .option('--target <what>', 'such as the id of a tenant')
      .option('--from <time>', 'as 2026-03-01T00:00:00Z')
      .option('--to <time>', 'before this'),
  ).action(async ({ actor, action, target, from, to, ...remote }: ExportOptions) => {
    const identity = await RemoteIdentity.connect(remote);
    for await (const entries of identity.audit({ actor, action, target, from, to })) {
      for (const entry of entries) print(JSON.stringify(entry));
    }
  });
}
