import {
  reconcileSchema,
  reconciliationSchema,
  type Reconciliation,
  usageSchema,
  type Usage,
  type UsageSums,
} from '@relay/contracts';
import { type Command, InvalidArgumentError } from 'commander';
import { CliError, EXIT_PROBLEM, EXIT_USAGE } from '../cli-error';
import { RelayClient, type RemoteOptions, withRemote } from '../relay-client';
import { table } from '../table';
import { print, printJson, readText, warn } from '../terminal';

interface CostOptions extends RemoteOptions {
  readonly by?: string;
  readonly tenant?: string;
  readonly from?: string;
  readonly to?: string;
  readonly csv?: boolean;
  readonly json?: boolean;
}

interface ReconcileOptions extends RemoteOptions {
  readonly provider: string;
  readonly file: string;
  readonly from?: string;
  readonly to?: string;
  readonly by?: string;
  readonly column?: Readonly<Record<string, string>>;
  readonly json?: boolean;
}

const COLUMNS = Object.keys(reconcileSchema.shape.columns.unwrap().shape);
/** As the CSV of the API has it: requests without a tag, a key, a rule. */
const NO_NAME = '(none)';
const HEAD = ['requests', 'errors', 'hits', 'input', 'output', 'USD', 'saved', 'by routing', 'P95 ms', ''];
const DAY_MS = 86_400_000;

export function addCost(parent: Command): void {
  const cost = withRemote(
    parent
      .command('cost')
      .description('what requests cost this month, and what was saved')
      .option(
        '--by <what>',
        'tenant (default), key, model, servedModel, provider, tag, rule, policy, day, hour or none',
      )
      .option('--tenant <id>', 'of one tenant')
      .option('--from <time>', 'as 2026-03-01T00:00:00Z (default: the beginning of the month)')
      .option('--to <time>', 'the end of the window (default: that of the month)')
      .option('--csv', 'print it as CSV')
      .option('--json', 'print it as JSON'),
  ).action(show);
  withRemote(
    cost
      .command('reconcile')
      .description("compare a provider's invoice with the traces; exit code 1 where they differ")
      .requiredOption('--provider <id>', 'as relay.yaml names it')
      .requiredOption('--file <path>', "the provider's CSV, - for the standard input")
      .option(
        '--from <time>',
        'the beginning of the invoice, rounded to days in UTC (default: the first day of the file)',
      )
      .option('--to <time>', 'its end (default: that of the last day of the file)')
      .option(
        '--column <name=header>',
        'a column that is not found by itself, as usd="Net amount"; as often as needed',
        namedColumn,
      )
      .option('--by <what>', 'day, model or day+model (default)')
      .option('--json', 'print it as JSON'),
    // Options that `cost` has as well are taken by it, wherever they stand: neither may have a default.
  ).action((options: ReconcileOptions, command: Command) => reconcile({ ...command.optsWithGlobals(), ...options }));
}

async function show({ by, tenant, from, to, csv, json, ...remote }: CostOptions): Promise<void> {
  const client = await RelayClient.connect(remote);
  const asked = Object.entries({ groupBy: by, tenant, from, to }).filter((pair): pair is [string, string] => !!pair[1]);
  const usage = await client.get(`/api/usage?${new URLSearchParams(asked).toString()}`, usageSchema);
  if (json) return printJson(usage);
  print(
    csv
      ? csvOf(usage)
      : table([HEAD, ...usage.data.map((row) => line(row, row.key ?? NO_NAME)), line(usage.total, 'total')]),
  );
}

function line(sums: UsageSums, name: string): string[] {
  const counts = [sums.requests, sums.errors, sums.cacheHits, sums.inputTokens, sums.outputTokens].map(String);
  return [...counts, sums.costUsd, sums.savedUsd, sums.savedByRoutingUsd, sums.latency.p95Ms?.toFixed(0) ?? '-', name];
}

const FORMULA = /^[=+\-@\t\r]/;

/** Keys that a spreadsheet would take for a formula are quoted. */
function csvOf({ data, total, groupBy }: Usage): string {
  const cell = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  const safe = (text: string): string => cell(FORMULA.test(text) ? `'${text}` : text);
  const rows = [...data.map((row) => [safe(row.key ?? NO_NAME), row] as const), ['(total)', total] as const];
  const head = [groupBy, ...HEAD.slice(0, -1).map((name) => name.replaceAll(' ', '_'))];
  return [head, ...rows.map(([name, sums]) => [name, ...line(sums, '').slice(0, -1)])]
    .map((row) => row.join(','))
    .join('\n');
}

/** Adds to those that were named before. */
function namedColumn(text: string, before: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> {
  const at = text.indexOf('=');
  const [name, header] = [text.slice(0, at).trim(), text.slice(at + 1).trim()];
  if (at < 0 || header === '' || !COLUMNS.includes(name))
    throw new InvalidArgumentError(`Found "${text}"; allowed: ${COLUMNS.join('=, ')}= and the name that the file has.`);
  return { ...before, [name]: header };
}

async function reconcile({
  provider,
  file,
  by = 'day+model',
  column,
  json,
  ...options
}: ReconcileOptions): Promise<void> {
  const { from, to, ...remote } = options;
  if (from !== undefined && to !== undefined && !(Date.parse(from) < Date.parse(to)))
    throw new CliError('--from is not before --to', EXIT_USAGE);
  const client = await RelayClient.connect(remote);
  const body = { provider, from, to, groupBy: by, columns: column, csv: readText(file) };
  const report = await client.post('/api/usage/reconcile', body, reconciliationSchema);
  if (json) printJson(report);
  else tell(report);
  if (!isEqual(report)) process.exitCode = EXIT_PROBLEM;
}

/** Where nothing was compared nothing is equal. */
const isEqual = ({ total, groups, lines, skipped }: Reconciliation): boolean =>
  lines > skipped && total.differenceUsd === '0' && groups.every(({ state }) => state === 'equal');

function tell({ groups, total, lines, skipped, unpricedRequests, shape, from, to }: Reconciliation): void {
  const rows = groups
    .filter(({ state }) => state !== 'equal')
    .map(({ invoice, traces, differenceUsd, state, day, model }) => {
      return [invoice?.usd ?? '-', traces?.usd ?? '-', differenceUsd, state, `${day ?? ''} ${model ?? ''}`.trim()];
    });
  const sums = [total.invoice.usd ?? '-', total.traces.usd ?? '-', total.differenceUsd, '', 'total'];
  print(table([['invoice', 'traces', 'difference', '', ''], ...rows, sums]));
  const days = Math.round((Date.parse(to) - Date.parse(from)) / DAY_MS);
  warn(
    `${lines} lines (${shape}), ${skipped} outside of the ${days} days from ${from.slice(0, 10)}; ${groups.length - rows.length} groups are equal`,
  );
  if (lines === skipped) warn('nothing was compared: no line is of these days');
  if (unpricedRequests > 0) warn(`${unpricedRequests} requests have no known price: they are in no sum`);
}
