import type { Command } from 'commander';
import { canaryText } from '../canary-text';
import { withRemote, type RemoteOptions } from '../relay-client';
import { RemotePolicies } from '../remote-policies';
import { print, warn } from '../terminal';

interface Options extends RemoteOptions {
  readonly note?: string;
}

export function addPolicyStop(parent: Command): void {
  withRemote(
    parent
      .command('stop')
      .description('stop the canary: what is in force plans all requests again')
      .option('--note <text>', 'why'),
  ).action(stop);
}

async function stop({ note, ...remote }: Options): Promise<void> {
  const policies = await RemotePolicies.connect(remote);
  const stopped = await policies.stopCanary(note);
  print(canaryText(stopped));
  warn(`${stopped.version} is tried no more`);
}
