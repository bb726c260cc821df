import { writeFileSync } from 'node:fs';
import { InvalidArgumentError, type Command } from 'commander';
import { CliError } from '../cli-error';
import { withRemote, type RemoteOptions } from '../relay-client';
import { isVersion, RemotePolicies } from '../remote-policies';
import { print, reasonOf, warn } from '../terminal';

interface Options extends RemoteOptions {
  readonly version: string;
  readonly output?: string;
}

export function addPolicyPull(parent: Command): void {
  withRemote(
    parent
      .command('pull')
      .description('write the source of a version')
      .option('--version <version>', 'a number, name@number, published or latest', parseVersion, 'published')
      .option('-o, --output <file>', 'where to (default: the terminal)'),
  ).action(pull);
}

async function pull({ version, output, ...remote }: Options): Promise<void> {
  const policies = await RemotePolicies.connect(remote);
  const found = await policies.version(version);
  if (output === undefined) return print(found.source);
  try {
    writeFileSync(output, found.source);
  } catch (error) {
    throw new CliError(`cannot write ${output}: ${reasonOf(error)}`);
  }
  warn(`${found.name}@${found.version} is in ${output}`);
}

function parseVersion(text: string): string {
  if (isVersion(text)) return text;
  throw new InvalidArgumentError('A number, name@number, published or latest.');
}
