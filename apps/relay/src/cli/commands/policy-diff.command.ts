import type { PolicyDiff } from '@relay/contracts';
import { policyDigest, renderYaml, unifiedDiff } from '@relay/policy';
import type { Command } from 'commander';
import { CliError, EXIT_PROBLEM } from '../cli-error';
import { formatLintProblem, readLocalPolicy } from '../local-policy';
import { withRemote, type RemoteOptions } from '../relay-client';
import { isVersion, RemotePolicies } from '../remote-policies';
import { print } from '../terminal';

const EXIT_TROUBLE = 2;
const LOCAL = 'file'; // the policy of relay.yaml on this machine

interface Options extends RemoteOptions {
  readonly config?: string;
}

export function addPolicyDiff(parent: Command): void {
  withRemote(
    parent
      .command('diff')
      .description('compare two policies: 0 if they say the same, 1 if they differ, 2 if that cannot be told')
      .argument(
        '[from]',
        'a path, `file` (the policy of relay.yaml here), or a version: a number, name@number, published, latest',
        'published',
      )
      .argument('[to]', 'likewise', LOCAL)
      .option('--config <file>', 'relay.yaml'),
  ).action(diff);
}

/** As diff(1): 2 means trouble, so that it is not taken for a difference. */
async function diff(from: string, to: string, options: Options): Promise<void> {
  try {
    await compare(from, to, options);
  } catch (error) {
    throw error instanceof CliError ? new CliError(error.message, EXIT_TROUBLE) : error;
  }
}

async function compare(from: string, to: string, { config, ...remote }: Options): Promise<void> {
  const { equal, text } =
    isVersion(from) && isVersion(to)
      ? await diffVersions(from, to, remote)
      : diffSides(await sideOf(from, config, remote), await sideOf(to, config, remote));
  if (equal) return;
  print(text ?? 'They differ, and have too little in common to show how.');
  process.exitCode = EXIT_PROBLEM;
}

type Comparison = Pick<PolicyDiff, 'equal' | 'text'>;

async function diffVersions(from: string, to: string, remote: RemoteOptions): Promise<Comparison> {
  const policies = await RemotePolicies.connect(remote);
  return policies.diff(from, to);
}

interface Side {
  readonly name: string;
  readonly text: string;
  readonly digest: string;
}

function diffSides(from: Side, to: Side): Comparison {
  return { equal: from.digest === to.digest, text: unifiedDiff(from, to) };
}

async function sideOf(what: string, config: string | undefined, remote: RemoteOptions): Promise<Side> {
  if (isVersion(what)) {
    const { name, version, source, digest } = await (await RemotePolicies.connect(remote)).version(what);
    return { name: `${name}@${version}`, text: source, digest };
  }
  const { name, policy, problems } = await readLocalPolicy({ file: what === LOCAL ? undefined : what, config });
  if (!policy) {
    problems.forEach((problem) => process.stderr.write(`${formatLintProblem(problem)}\n`));
    throw new CliError(problems.length > 0 ? `${name} cannot be read as a policy` : `${name} names no policy`);
  }
  return { name, text: policy.text ?? renderYaml(policy.written), digest: policyDigest(policy.document) };
}
