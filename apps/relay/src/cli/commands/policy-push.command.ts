import type { PolicyVersion } from '@relay/contracts';
import { policyDigest, renderYaml } from '@relay/policy';
import type { Command } from 'commander';
import { CliError } from '../cli-error';
import { formatLintProblem, hasErrors, readLocalPolicy, type LocalPolicy } from '../local-policy';
import type { RemoteOptions } from '../relay-client';
import { withRemote } from '../relay-client';
import { RemotePolicies } from '../remote-policies';
import { print, warn } from '../terminal';

interface Options extends RemoteOptions {
  readonly config?: string;
  readonly publish?: boolean;
  readonly note?: string;
}

export function addPolicyPush(parent: Command): void {
  withRemote(
    parent
      .command('push')
      .description('upload a policy as a draft, what it includes with it; refused if lint finds errors')
      .argument('[file]', 'the policy (default: that of relay.yaml)')
      .option('--config <file>', 'relay.yaml')
      .option('--publish', 'put it in force')
      .option('--note <text>', 'what changed, and why'),
  ).action(push);
}

async function push(file: string | undefined, options: Options): Promise<void> {
  const local = await readLocalPolicy({ file, config: options.config });
  local.problems.forEach((problem) => process.stderr.write(`${formatLintProblem(problem)}\n`));
  const policy = policyOf(local);
  const remote = await RemotePolicies.connect(options);
  const { published } = await remote.overview();
  if (published?.digest === policyDigest(policy.document)) {
    print(`${published.name}@${published.version} ${published.digest}`);
    warn('that is published and says the same: nothing was uploaded');
    return;
  }
  const source = policy.text ?? renderYaml(policy.written);
  const draft = await remote.draft({ source, note: options.note });
  const label = `${draft.name}@${draft.version}`;
  if (options.publish) await publish(remote, draft, local.name);
  print(`${label} ${draft.digest}`);
  warn(options.publish ? `${label} is in force` : `${label} is a draft; --publish puts it in force`);
}

async function publish(remote: RemotePolicies, draft: PolicyVersion, file: string): Promise<void> {
  const label = `${draft.name}@${draft.version}`;
  try {
    await remote.publish(label, draft.digest);
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    const whose = error.message.includes(OF_ITS_CONFIGURATION) ? ' (models are those of the running relay)' : '';
    throw new CliError(`${file} was uploaded as the draft ${label}, but not published${whose}: ${error.message}`);
  }
}

const OF_ITS_CONFIGURATION = 'with the configuration in force'; // as the relay tells what its relay.yaml lacks

function policyOf({ name, policy, problems }: LocalPolicy): NonNullable<LocalPolicy['policy']> {
  if (hasErrors(problems)) throw new CliError(`${name} has errors: nothing was uploaded`);
  if (!policy) throw new CliError(`${name} names no policy; name a file`);
  return policy;
}
