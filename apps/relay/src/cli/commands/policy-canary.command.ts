import { unitSchema, type CanaryGuardrail, type PolicyCanary, type Unit } from '@relay/contracts';
import { Option, type Command } from 'commander';
import { canaryText } from '../canary-text';
import { CliError } from '../cli-error';
import { parseAmount, parseShare, type Amount } from '../parse-share';
import { withRemote, type RemoteOptions } from '../relay-client';
import { RemotePolicies } from '../remote-policies';
import { print, printJson, warn } from '../terminal';

interface Options extends RemoteOptions, Partial<Record<CanaryGuardrail, Amount>> {
  readonly share?: number;
  readonly unit?: Unit;
  readonly note?: string;
  readonly json?: boolean;
}

export function addPolicyCanary(parent: Command): void {
  withRemote(
    parent
      .command('canary')
      .description(
        'try a draft on a share of the traffic, stopped by itself if it is worse; without one, tell how it fares',
      )
      .argument('[version]', 'a number, name@number, or latest')
      .option('--share <share>', 'of the units, from 0.1% to 50%', parseShare)
      .addOption(new Option('--unit <unit>', 'who always gets the same policy').choices(unitSchema.options))
      .option('--error-rate <share>', 'more failures than that stop it (1%; off: not guarded)', parseAmount)
      .option('--p95 <share>', 'slower than that (20%)', parseAmount)
      .option('--cost <share>', 'dearer than that (20%)', parseAmount)
      .option('--quality <points>', 'less liked than that (0.1, of -1 to 1)', parseAmount)
      .option('--note <text>', 'what changed, and why')
      .option('--json', 'print it as JSON'),
  ).action(canary);
}

async function canary(version: string | undefined, options: Options): Promise<void> {
  const policies = await RemotePolicies.connect(options);
  const found = version === undefined ? (await policies.overview()).canary : await begin(policies, version, options);
  if (options.json) return printJson(found);
  if (!found) return warn('there was no canary yet');
  print(canaryText(found));
}

async function begin(policies: RemotePolicies, version: string, options: Options): Promise<PolicyCanary> {
  const { share, unit, note, errorRate, p95, cost, quality } = options;
  if (share === undefined) throw new CliError('--share is missing: on how much of the traffic it is tried, such as 5%');
  const guardrails = given({
    errorRate: guard(errorRate),
    p95: guard(p95),
    cost: guard(cost),
    quality: guard(quality),
  });
  const draft = await policies.version(version);
  const label = `${draft.name}@${draft.version}`;
  const body = { share, guardrails, expectedDigest: draft.digest, ...given({ unit, note }) };
  const begun = await policies.canary(label, body);
  warn(`${label} is tried on ${share * 100} % of the traffic; relay policy promote, or stop, ends that`);
  return begun;
}

const guard = (amount: Amount | undefined): number | null | undefined => (amount === 'off' ? null : amount);

/** What was said, and nothing else: the relay knows what is usual. */
const given = <T extends object>(options: T): Partial<T> =>
  Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as Partial<T>;
