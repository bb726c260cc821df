import type { Command } from 'commander';
import { withRemote, type RemoteOptions } from '../relay-client';
import { RemoteCache } from '../remote-cache';
import { print, warn } from '../terminal';

interface Options extends RemoteOptions {
  readonly trace?: string;
  readonly comment?: string;
}

export function addCacheBadHit(parent: Command): void {
  withRemote(
    parent
      .command('bad-hit')
      .description('say that something wrong was served from an entry: it is out of service at once, everywhere')
      .argument('<entry>', 'its id, as x-relay-cache-entry has it')
      .option('--trace <id>', 'the request that got it: how similar it was then counts for the threshold')
      .option('--comment <text>', 'what was wrong, for the audit log'),
  ).action(markBadHit);
}

async function markBadHit(entry: string, { trace, comment, ...remote }: Options): Promise<void> {
  const cache = await RemoteCache.connect(remote);
  const { removed, kind } = await cache.markBadHit(entry, { trace, comment });
  print(String(removed));
  warn(`${removed} ${kind} entries with that answer are out of service`);
}
