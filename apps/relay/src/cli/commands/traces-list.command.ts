import type { Command } from 'commander';
import { countUpTo } from '../parse-count';
import { withRemote, type RemoteOptions } from '../relay-client';
import { RemoteTraces } from '../remote-traces';
import { print, printJson, warn } from '../terminal';
import { type FilterOptions, filtersOf, withTraceFilters } from '../trace-filters';
import { traceLine } from '../trace-line';

const DEFAULT_LIMIT = 20;
const MAX_LIMIT = 10_000;

interface Options extends RemoteOptions, FilterOptions {
  readonly from?: string;
  readonly to?: string;
  readonly sort?: string;
  readonly limit: number;
  readonly json?: boolean;
}

export function addTracesList(parent: Command): void {
  const command = parent.command('list').description('list traces, newest first');
  withRemote(
    withTraceFilters(command)
      .option('--from <time>', 'ISO 8601')
      .option('--to <time>', 'ISO 8601')
      .option('--sort <order>', 'newest, oldest, slowest or dearest')
      .option('--limit <n>', `at most this many, up to ${MAX_LIMIT}`, countUpTo(MAX_LIMIT), DEFAULT_LIMIT)
      .option('--json', 'print them as JSON'),
  ).action(list);
}

async function list(options: Options): Promise<void> {
  const { from, to, sort, limit, json } = options;
  const traces = await RemoteTraces.connect(options);
  const found = await traces.list({ ...filtersOf(options), from, to, sort }, limit);
  if (json) return printJson(found);
  if (found.length > 0) print(found.map(traceLine).join('\n'));
  else warn('no traces');
}
