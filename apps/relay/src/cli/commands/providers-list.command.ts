import { type ProviderOverrideView, providerPageSchema, type ProviderView } from '@relay/contracts';
import type { Command } from 'commander';
import { RelayClient, type RemoteOptions, withRemote } from '../relay-client';
import { print, printJson } from '../terminal';

interface Options extends RemoteOptions {
  readonly json?: boolean;
}

export function addProvidersList(parent: Command): void {
  withRemote(
    parent
      .command('list')
      .description('providers and their models: breakers, and what operators said of them')
      .option('--json', 'print them as JSON'),
  ).action(list);
}

async function list({ json, ...remote }: Options): Promise<void> {
  const client = await RelayClient.connect(remote);
  const { data } = await client.get('/api/providers', providerPageSchema);
  return json ? printJson(data) : print(data.flatMap(linesOf).join('\n'));
}

/** A line for the provider, and one for each of its models. */
export function linesOf({ id, kind, override, targets }: ProviderView): string[] {
  return [
    [id, kind, ...wordsOf(override)].join('  '),
    ...targets.map(({ upstreamModel, breaker, reason, override: own }) =>
      [`  ${upstreamModel}`, reason === null ? breaker : `${breaker} (${reason})`, ...wordsOf(own)].join('  '),
    ),
  ];
}

const wordsOf = (override: ProviderOverrideView | null): string[] =>
  override === null ? [] : [`${override.mode} until ${override.until} by ${override.by}: ${oneLine(override.reason)}`];

/** What somebody typed steers no terminal. */
const oneLine = (text: string): string => text.replace(/\p{Cc}+/gu, ' ');
