import type { CacheCount, CacheInvalidation, CacheWouldRemove, InvalidateCache } from '@relay/contracts';
import type { Command } from 'commander';
import { CliError, EXIT_USAGE } from '../cli-error';
import { followJob } from '../follow-job';
import { withRemote, type RemoteOptions } from '../relay-client';
import { RemoteCache } from '../remote-cache';
import { print, warn } from '../terminal';

type Options = RemoteOptions & InvalidateCache & { readonly background?: boolean };

export function addCacheInvalidate(parent: Command): void {
  withRemote(
    parent
      .command('invalidate')
      .description('take the answers that have all that is named out of the cache, everywhere at once')
      .option('--tenant <id>', 'whose request they answered')
      .option('--model <id>', 'asked for, or that answered')
      .option('--tag <tag>', 'of x-relay-tags')
      .option('--version <name>', "the policy's cache.version")
      .option('--entry <id>', 'one entry, as x-relay-cache-entry has it')
      .option('--key <hex>', 'the exact key of a request')
      .option('--all', 'everything')
      .option('--background', 'have the workers remove what is void, and follow them: for very many')
      .option('--dry-run', 'count them, and take nothing out'),
  ).action(invalidate);
}

async function invalidate(options: Options): Promise<void> {
  const { tenant, model, tag, version, entry, key, all, dryRun, background, ...remote } = options;
  const named = { tenant, model, tag, version, entry, key, all };
  if (Object.values(named).every((value) => value === undefined)) {
    throw new CliError('name what to invalidate, for instance --tenant or --tag; or --all', EXIT_USAGE);
  }
  if (background && dryRun) throw new CliError('name either --background or --dry-run', EXIT_USAGE);
  const cache = await RemoteCache.connect(remote);
  if (background) return follow(cache, await cache.startInvalidation(named));
  const { removed, wouldRemove } = await cache.invalidate({ ...named, ...(dryRun && { dryRun }) });
  if (wouldRemove) return tell(wouldRemove);
  print(String(removed));
  warn(`${removed} entries were removed; copies in the memories of processes are void and not counted`);
}

async function follow(cache: RemoteCache, begun: CacheInvalidation): Promise<void> {
  const { removed } = await followJob(begun, (job) => cache.invalidation(job), progress);
  print(String(removed));
}

function progress({ status, removed, total, reason }: CacheInvalidation): string {
  const of = total === null ? '' : ` of ${counted(total)}`;
  return `${status}, ${removed}${of} removed${reason === null ? '' : `: ${reason}`}`;
}

function tell({ memory, redis, semantic, total }: CacheWouldRemove): void {
  print(String(total.count));
  const shared = redis === null ? '' : `, ${counted(redis)} in Redis`;
  warn(
    `${counted(total)} entries would go: ${counted(memory)} in the memory of the process that answered${shared}, ` +
      `${counted(semantic)} by meaning; nothing was removed`,
  );
}

const counted = ({ count, atLeast }: CacheCount): string => (atLeast ? `at least ${count}` : String(count));
