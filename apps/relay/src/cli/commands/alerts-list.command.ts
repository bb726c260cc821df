import { type Alert, alertPageSchema } from '@relay/contracts';
import type { Command } from 'commander';
import { countUpTo } from '../parse-count';
import { RelayClient, type RemoteOptions, withRemote } from '../relay-client';
import { print, printJson, warn } from '../terminal';

const DEFAULT_LIMIT = 20;
const MAX_LIMIT = 200;

interface Options extends RemoteOptions {
  readonly state?: string;
  readonly severity?: string;
  readonly rule?: string;
  readonly limit: number;
  readonly json?: boolean;
}

export function addAlertsList(parent: Command): void {
  withRemote(
    parent
      .command('list')
      .description('what fires, and what did; the newest first')
      .option('--state <state>', 'pending, firing or resolved')
      .option('--severity <severity>', 'info, warning or critical')
      .option('--rule <id>', 'of one rule')
      .option('--limit <n>', `at most this many, up to ${MAX_LIMIT}`, countUpTo(MAX_LIMIT), DEFAULT_LIMIT)
      .option('--json', 'print them as JSON'),
  ).action(list);
}

async function list({ state, severity, rule, limit, json, ...remote }: Options): Promise<void> {
  const client = await RelayClient.connect(remote);
  const wanted = Object.entries({ state, severity, rule, limit: String(limit) });
  const query = new URLSearchParams(wanted.filter((pair): pair is [string, string] => pair[1] !== undefined));
  const { data } = await client.get(`/api/alerts?${query.toString()}`, alertPageSchema);
  if (json) return printJson(data);
  if (data.length > 0) print(data.map(lineOf).join('\n'));
  else warn('no alerts');
}

function lineOf({ since, state, severity, rule, message, resolvedAt, acknowledgedBy, notices }: Alert): string {
  const end = resolvedAt === null ? '' : ` until ${resolvedAt}`;
  const untold = notices.filter((notice) => notice.state === 'given-up').map(({ channel }) => channel);
  return [
    ...[`${since}${end}`, state.padEnd(8), severity.padEnd(8), rule, message],
    ...(acknowledgedBy === null ? [] : [`acknowledged by ${acknowledgedBy}`]),
    ...(untold.length === 0 ? [] : [`not told: ${untold.join(', ')}`]),
  ].join('  ');
}
