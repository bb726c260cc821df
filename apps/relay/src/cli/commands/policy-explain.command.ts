import { ConfigStore } from '@relay/config';
import { explainEndpointSchema, explainReplySchema, type ExplainReply } from '@relay/contracts';
import { systemClock } from '@relay/core';
import { DEFAULT_POLICY, renderYaml } from '@relay/policy';
import { InvalidArgumentError, Option, type Command } from 'commander';
import { PriceCalendar } from '../../boot/price-calendar';
import { CliError } from '../cli-error';
import { explainOffline, type ExplainInput } from '../explain-offline';
import { explainText } from '../explain-text';
import { formatLintProblem, hasErrors, readLocalPolicy, type LocalPolicy } from '../local-policy';
import { RelayClient, withRemote, type RemoteOptions } from '../relay-client';
import { print, printJson, readText, warn } from '../terminal';

interface Options extends RemoteOptions {
  readonly tenant: string;
  readonly endpoint?: string;
  readonly file?: string;
  readonly config?: string;
  readonly header: Readonly<Record<string, string>>;
  readonly json?: boolean;
}

const EXAMPLE = { model: 'auto', messages: [{ role: 'user', content: 'Hello' }] };

export function addPolicyExplain(parent: Command): void {
  withRemote(
    parent
      .command('explain')
      .description('the plan for a request and the reasons for it, by the files here; --url asks a running relay')
      .argument(
        '[request]',
        'a file with the body of the request, or - for the input (default: a short greeting to auto)',
      )
      .requiredOption('--tenant <id>', 'who would send it')
      .addOption(
        new Option('--endpoint <route>', 'where it would be sent (default: as a chat completion)').choices(
          explainEndpointSchema.options,
        ),
      )
      .option('--file <policy>', 'a policy (default: that of relay.yaml; with --url the one in force)')
      .option('--config <file>', 'relay.yaml')
      .option('--header <line>', "as the app would send it, e.g. 'x-relay-tags: a'; more than once", addHeader, {})
      .option('--json', 'print it as JSON'),
  ).action(explain);
}

async function explain(request: string | undefined, options: Options): Promise<void> {
  const { tenant, endpoint } = options;
  if (request === undefined && endpoint !== undefined) throw new CliError(`name the body of a request for ${endpoint}`);
  const body = request === undefined ? EXAMPLE : parseRequest(request);
  if (request === undefined) warn(`no request was named, so this one is explained: ${JSON.stringify(EXAMPLE)}`);
  if (options.url === undefined) warn('by the files here, not by what is published; --url asks a running relay');
  const input: ExplainInput = { tenant, ...(endpoint && { endpoint }), request: body, headers: options.header };
  const explained = options.url === undefined ? await byFiles(input, options) : await byRelay(input, options);
  if (options.json) printJson(explained);
  else print(explainText(explained));
}

async function byFiles(input: ExplainInput, options: Options): Promise<ExplainReply> {
  const { policy, config, configFile } = await usable(options);
  if (!config) throw new CliError('no relay.yaml that can be used: its models are needed to plan (--config names it)');
  if (config.models.length === 0) throw new CliError('relay.yaml names no models; ask a running relay with --url');
  const inForce = { ...config, policy: policy?.document ?? DEFAULT_POLICY };
  const store = new ConfigStore(new PriceCalendar(systemClock).priced(inForce), configFile);
  return explainOffline(store, input);
}

async function byRelay(input: ExplainInput, options: Options): Promise<ExplainReply> {
  const local = options.file === undefined ? null : (await usable(options)).policy;
  const policy = local ? { policy: { source: local.text ?? renderYaml(local.written) } } : {};
  const client = await RelayClient.connect(options);
  return client.post('/api/policies/explain', { ...input, ...policy }, explainReplySchema);
}

async function usable(options: Options): Promise<LocalPolicy> {
  const local = await readLocalPolicy(options);
  if (!hasErrors(local.problems)) return local;
  local.problems.forEach((problem) => process.stderr.write(`${formatLintProblem(problem)}\n`));
  throw new CliError(`${local.name} has errors`);
}

function parseRequest(file: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(readText(file));
  } catch (error) {
    if (error instanceof CliError) throw error;
    throw new CliError(`${file} is no JSON: ${(error as Error).message}`);
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new CliError(`${file} is no request: a JSON object is allowed`);
}

function addHeader(line: string, headers: Readonly<Record<string, string>>): Record<string, string> {
  const [, name, value = ''] = /^([\w-]+):\s*(.*)$/.exec(line) ?? [];
  if (name === undefined) throw new InvalidArgumentError('A header is "name: value".');
  return { ...headers, [name.toLowerCase()]: value };
}
