import type { Command } from 'commander';
import { type KeyOptions, ofTenant, showNewKey } from '../key-options';
import { countUpTo } from '../parse-count';
import { RemoteIdentity } from '../remote-identity';

const MAX_OVERLAP_HOURS = 720;
const SECONDS_PER_HOUR = 3_600;

export function addKeysRotate(parent: Command): void {
  ofTenant(
    parent
      .command('rotate')
      .description('make a key with the same rights, which is printed; the old one ends after the overlap')
      .argument('<id>', 'of the key, as the list has it')
      .option('--overlap-hours <n>', `up to ${MAX_OVERLAP_HOURS} (default: 24)`, countUpTo(MAX_OVERLAP_HOURS))
      .option('--now', 'no overlap: the old key ends at once'),
  ).action(async (id: string, options: KeyOptions & { readonly overlapHours?: number; readonly now?: boolean }) => {
    const { tenant, json, overlapHours, now, ...remote } = options;
    const hours = now ? 0 : overlapHours;
    const overlapSeconds = hours === undefined ? undefined : hours * SECONDS_PER_HOUR;
    showNewKey(await (await RemoteIdentity.connect(remote)).rotateKey(tenant, id, { overlapSeconds }), json);
  });
}
