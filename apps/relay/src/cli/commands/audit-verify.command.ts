import type { Command } from 'commander';
import { CliError } from '../cli-error';
import { withRemote, type RemoteOptions } from '../relay-client';
import { RemoteIdentity } from '../remote-identity';
import { print, warn } from '../terminal';

interface VerifyOptions extends RemoteOptions {
  readonly head?: string;
}

const WHY = {
  missing: 'there is no such entry, although there are later ones',
  moved: 'it is not what was written after the entry before it',
  changed: 'it is not what was written',
  'head-missing':
    'no entry up to here has the hash that --head names: the end of the log was cut off, or all of it written anew',
} as const;

export function addAuditVerify(parent: Command): void {
  withRemote(
    parent
      .command('verify')
      .description('check that every entry is what was written, where it was written; prints the hash of the last')
      .option('--head <hash>', 'what this printed before, kept elsewhere: it proves that the end was not cut off'),
  ).action(async ({ head: wanted, ...remote }: VerifyOptions) => {
    const { broken, entries, head } = await (await RemoteIdentity.connect(remote)).verifyAudit(wanted);
    if (broken) throw new CliError(`the audit log is broken at entry ${broken.seq}: ${WHY[broken.reason]}`);
    print(head);
    warn(`${entries} entries, all as they were written`);
  });
}
