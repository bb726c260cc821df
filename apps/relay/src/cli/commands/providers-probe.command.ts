import { providerProbeSchema } from '@relay/contracts';
import type { Command } from 'commander';
import { CliError } from '../cli-error';
import { RelayClient, type RemoteOptions, withRemote } from '../relay-client';
import { print } from '../terminal';

interface Options extends RemoteOptions {
  readonly target?: string;
}

export function addProvidersProbe(parent: Command): void {
  withRemote(
    parent
      .command('probe')
      .description('call a provider once, whatever breakers and overrides say; exit code 1 if that fails')
      .argument('<id>', 'the provider')
      .option('--target <model>', 'one model by the name that the provider knows (default: its first)'),
  ).action(probe);
}

async function probe(id: string, { target, ...remote }: Options): Promise<void> {
  const client = await RelayClient.connect(remote);
  const route = `/api/providers/${encodeURIComponent(id)}/probe`;
  const found = await client.post(route, { target }, providerProbeSchema);
  const what = found.check === 'answer' ? `one token of ${found.target}` : 'a connection';
  if (!found.ok) throw new CliError(`${what}: ${found.code}: ${found.message}`);
  print(`well: ${what} in ${found.durationMs} ms`);
}
