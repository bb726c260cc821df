import { channelTestSchema } from '@relay/contracts';
import type { Command } from 'commander';
import { CliError } from '../cli-error';
import { RelayClient, type RemoteOptions, withRemote } from '../relay-client';
import { print } from '../terminal';

export function addAlertsTest(parent: Command): void {
  withRemote(
    parent
      .command('test')
      .description('tell a channel that this is a test; needs an owner')
      .argument('<channel>', 'its id, as relay.yaml or GET /api/alerts/channels has it'),
  ).action(test);
}

async function test(channel: string, remote: RemoteOptions): Promise<void> {
  const client = await RelayClient.connect(remote);
  const route = `/api/alerts/channels/${encodeURIComponent(channel)}/test`;
  const { delivered, httpStatus, error, durationMs } = await client.post(route, undefined, channelTestSchema);
  if (!delivered) throw new CliError(`${channel} was not told: ${error ?? 'no reason was given'}`);
  print(`${channel} was told: status ${httpStatus}, ${durationMs} ms`);
}
