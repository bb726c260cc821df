import {
  evaluationComparisonSchema,
  type EvaluationComparison,
  type EvaluationGroup,
  evaluationsSchema,
  type Evaluations,
} from '@relay/contracts';
import type { Command } from 'commander';
import { CliError, EXIT_PROBLEM } from '../cli-error';
import { RelayClient, type RemoteOptions, withRemote } from '../relay-client';
import { differenceText, FIGURE_NAMES, figureText, intervalText, VERDICT_WORDS } from '../evaluation-text';
import { table } from '../table';
import { print, printJson, warn } from '../terminal';

const EXIT_TROUBLE = 2;
const NO_NAME = '(none)';

interface EvaluateOptions extends RemoteOptions {
  readonly by?: string;
  readonly from?: string;
  readonly to?: string;
  readonly tenant?: string;
  readonly compare?: string[];
  readonly moment?: string;
  readonly tolerance?: string;
  readonly json?: boolean;
}

export function addEvaluate(parent: Command): void {
  withRemote(
    parent
      .command('evaluate')
      .description(
        'how good, fast and dear answers were, and whether two groups differ: 1 if the second is worse, 2 if that cannot be told',
      )
      .option('--by <what>', 'policy (default), model, servedModel, provider, rule, experiment or task')
      .option('--from <time>', 'as 2026-03-01T00:00:00Z (default: 24 hours before the end)')
      .option('--to <time>', 'the end of the range (default: now)')
      .option('--tenant <id>', 'of one tenant')
      .option('--compare <groups...>', 'two groups, as default@6 default@7; or one, with --moment')
      .option('--moment <time>', 'compares what was before it with what was after it')
      .option('--tolerance <share>', 'changes below this share are none (default: 0.01)')
      .option('--json', 'print it as JSON'),
  ).action(evaluate);
}

/** As diff(1): 2 means trouble, so that it is not taken for a regression. */
async function evaluate(options: EvaluateOptions): Promise<void> {
  try {
    if (options.compare === undefined && options.moment === undefined) await show(options);
    else await compare(options);
  } catch (error) {
    throw error instanceof CliError ? new CliError(error.message, EXIT_TROUBLE) : error;
  }
}

async function show({ by, from, to, tenant, json, ...remote }: EvaluateOptions): Promise<void> {
  const client = await RelayClient.connect(remote);
  const found = await client.get(`/api/evaluations?${queryOf({ by, from, to, tenant })}`, evaluationsSchema);
  if (json) return printJson(found);
  print(tableOf(found));
  if (found.truncated) warn(`these are the ${found.data.length} groups with most requests; the total is of all`);
}

function tableOf({ data, total }: Evaluations): string {
  const head = ['requests', 'verdicts', ...FIGURE_NAMES.map(({ short }) => short), ''];
  const line = (group: EvaluationGroup, name: string): string[] => [
    ...[String(group.requests), String(group.verdicts)],
    ...FIGURE_NAMES.map(({ figure }) => figureText(figure, group.figures[figure].value)),
    name,
  ];
  return table([head, ...data.map((group) => line(group, group.key ?? NO_NAME)), line(total, 'total')]);
}

async function compare(options: EvaluateOptions): Promise<void> {
  const { by, from, to, tenant, compare: groups = [], moment, tolerance, json, ...remote } = options;
  if (groups.length > 2)
    throw new CliError(`--compare: found ${groups.length} groups; allowed: two, or one with --moment`);
  const [a, b] = groups;
  const client = await RelayClient.connect(remote);
  const query = queryOf({ by, from, to, tenant, a, b, moment, tolerance });
  const compared = await client.get(`/api/evaluations/comparison?${query}`, evaluationComparisonSchema);
  if (json) printJson(compared);
  else tell(compared);
  if (compared.regression) process.exitCode = EXIT_PROBLEM;
  else if (compared.tested === 0)
    throw new CliError('nothing could be compared: too few requests in one of the groups, or both');
}

function tell({ a, b, figures, tested, confidence }: EvaluationComparison): void {
  const heads = a.name === b.name ? ['before', 'after'] : [a.name ?? NO_NAME, b.name ?? NO_NAME];
  const rows = figures.map(({ figure, verdict, difference, low, high }) => [
    ...[a, b].map(({ group }) => figureText(figure, group.figures[figure].value)),
    differenceText(figure, difference),
    intervalText(figure, low, high),
    VERDICT_WORDS[verdict],
    FIGURE_NAMES.find(({ figure: name }) => name === figure)?.long ?? figure,
  ]);
  const requests = [String(a.group.requests), String(b.group.requests), '', '', '', 'requests'];
  const verdicts = [String(a.group.verdicts), String(b.group.verdicts), '', '', '', 'verdicts of feedback'];
  print(table([[...heads, 'difference', 'between', '', ''], requests, verdicts, ...rows]));
  const held = `${(confidence * 100).toFixed(1)}%`;
  warn(`${tested} figures compared, each with a confidence of ${held}, so that all together have 95%`);
}

function queryOf(values: Readonly<Record<string, string | undefined>>): string {
  const given = Object.entries(values).filter((pair): pair is [string, string] => pair[1] !== undefined);
  return new URLSearchParams(given).toString();
}
