import type { Command } from 'commander';
import { RelayClient, type RemoteOptions, withRemote } from '../relay-client';
import { warn } from '../terminal';

interface Options extends RemoteOptions {
  readonly target?: string;
}

export function addProvidersRelease(parent: Command): void {
  withRemote(
    parent
      .command('release')
      .description('end an override before its time')
      .argument('<id>', 'the provider')
      .option('--target <model>', 'that of one model (default: that of the provider)'),
  ).action(release);
}

async function release(id: string, { target, ...remote }: Options): Promise<void> {
  const client = await RelayClient.connect(remote);
  const query = target === undefined ? '' : `?${new URLSearchParams({ target }).toString()}`;
  await client.delete(`/api/providers/${encodeURIComponent(id)}/override${query}`);
  warn('its breaker decides again');
}
