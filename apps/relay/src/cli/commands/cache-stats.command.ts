import type { CacheEvidence, CacheGroup } from '@relay/contracts';
import type { Command } from 'commander';
import { withRemote, type RemoteOptions } from '../relay-client';
import { RemoteCache } from '../remote-cache';
import { table } from '../table';
import { print, printJson } from '../terminal';

interface Options extends RemoteOptions {
  readonly tenant?: string;
  readonly from?: string;
  readonly to?: string;
  readonly by?: string;
  readonly json?: boolean;
}

const MS_PER_SECOND = 1_000;
const PERCENT = 100;

export function addCacheStats(parent: Command): void {
  withRemote(
    parent
      .command('stats')
      .description('hits of the last day, what they saved, and how far similar questions are trusted')
      .option('--tenant <id>', 'of one tenant')
      .option('--from <time>', 'as 2026-03-01T00:00:00Z; at most 31 days before the end')
      .option('--to <time>', 'the end of the window (default: now)')
      .option('--by <what>', 'kind, tenant, model or rule (default: kind)')
      .option('--json', 'print it as JSON'),
  ).action(stats);
}

async function stats({ tenant, from, to, by, json, ...remote }: Options): Promise<void> {
  const cache = await RemoteCache.connect(remote);
  const found = await cache.stats({ tenant, from, to, groupBy: by });
  if (json) return printJson(found);
  print(table([GROUP_HEAD, ...found.groups.map(groupRow), groupRow({ ...found.total, key: 'total' })]));
  print(`\nstored by meaning: ${found.entries.semantic}, marked bad: ${found.entries.quarantined}`);
  if (found.evidence.length > 0) print(`\n${table([EVIDENCE_HEAD, ...found.evidence.map(evidenceRow)])}`);
}

const GROUP_HEAD = ['requests', 'hits', 'rate', 'saved USD', 'spent USD', 'tokens', 'time', ''];

function groupRow({ key, savedTokens, savedMs, ...group }: CacheGroup): string[] {
  const { requests, hits, hitRate, savedUsd, spentUsd } = group;
  const seconds = `${(savedMs / MS_PER_SECOND).toFixed(1)} s`;
  return [
    String(requests),
    String(hits),
    percent(hitRate),
    savedUsd,
    spentUsd,
    String(savedTokens),
    seconds,
    key ?? '-',
  ];
}

const EVIDENCE_HEAD = ['labels', 'threshold', 'bound', 'allowed', 'measured', 'evidence'];

function evidenceRow(evidence: CacheEvidence): string[] {
  const { labels, threshold, bound, maxErrorPerHit, measured, drifted, owner, judge, embedder } = evidence;
  const interval = measured && errorOf(measured);
  const name = `${owner} ${evidence.evidence}, ${judge}, ${embedder}${drifted ? ', drifted' : ''}`;
  const shown = [threshold?.toFixed(4) ?? 'none', bound === null ? '-' : percent(bound), percent(maxErrorPerHit)];
  return [String(labels), ...shown, interval ?? '-', name];
}

/** Where only wrong hits were told of, how many were right is not known. */
function errorOf({ error, low, high, hits, marked }: NonNullable<CacheEvidence['measured']>): string {
  return hits === marked ? `${marked} marked bad` : `${percent(error)} (${percent(low)} to ${percent(high)})`;
}

const percent = (share: number): string => `${(share * PERCENT).toFixed(1)}%`;
