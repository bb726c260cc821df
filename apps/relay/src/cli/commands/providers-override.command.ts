import { MAX_OVERRIDE_MS, OVERRIDE_MODES, providerViewSchema } from '@relay/contracts';
import { Argument, type Command } from 'commander';
import { countUpTo } from '../parse-count';
import { RelayClient, type RemoteOptions, withRemote } from '../relay-client';
import { print } from '../terminal';
import { linesOf } from './providers-list.command';

const MINUTE_MS = 60_000;

interface Options extends RemoteOptions {
  readonly reason: string;
  readonly target?: string;
  readonly minutes?: number;
}

export function addProvidersOverride(parent: Command): void {
  withRemote(
    parent
      .command('override')
      .description('take a provider out of service for a while (open, drain), or hold its breaker closed')
      .argument('<id>', 'the provider')
      .addArgument(new Argument('<mode>', 'open and drain: nothing new goes there').choices(OVERRIDE_MODES))
      .requiredOption('--reason <text>', 'why; the console and the audit log show it')
      .option('--target <model>', 'one model by the name that the provider knows (default: all)')
      .option('--minutes <n>', 'ends by itself after so long (default: 60)', countUpTo(MAX_OVERRIDE_MS / MINUTE_MS)),
  ).action(override);
}

async function override(id: string, mode: string, options: Options): Promise<void> {
  const { reason, target, minutes, ...remote } = options;
  const client = await RelayClient.connect(remote);
  const body = { mode, reason, target, forMs: minutes === undefined ? undefined : minutes * MINUTE_MS };
  const view = await client.put(`/api/providers/${encodeURIComponent(id)}/override`, body, providerViewSchema);
  print(linesOf(view).join('\n'));
}
