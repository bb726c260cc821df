import type { WarmCache, Warming } from '@relay/contracts';
import { InvalidArgumentError, type Command } from 'commander';
import { CliError, EXIT_USAGE } from '../cli-error';
import { followJob } from '../follow-job';
import { countUpTo } from '../parse-count';
import { parseList } from '../parse-list';
import { withRemote, type RemoteOptions } from '../relay-client';
import { RemoteCache } from '../remote-cache';
import { requestPieces } from '../request-lines';
import { printJson, readText, warn } from '../terminal';

const MAX_DAYS = 90;
const MAX_TOP = 1_000;
const DEFAULT_TOP = 100;
const MAX_ERRORS = 5; // told of all pieces together

interface Options extends RemoteOptions {
  readonly tenant: string;
  readonly file?: string;
  readonly days?: number;
  readonly top: number;
  readonly maxUsd?: number;
  readonly tag?: string[];
}

/** What one call asks for. */
interface Piece {
  readonly source: WarmCache['source'];
  /** Where request n stands. */
  readonly placeOf: (n: number) => string;
}

export function addCacheWarm(parent: Command): void {
  withRemote(
    parent
      .command('warm')
      .description('ask requests ahead of need, as a tenant, in the batch class')
      .requiredOption('--tenant <id>', 'whose requests they are')
      .option('--file <requests.jsonl>', 'bodies of chat completions, one a line; - for the input')
      .option(
        '--days <n>',
        'instead of a file: what was asked most in the last n days, where requests are kept',
        countUpTo(MAX_DAYS),
      )
      .option('--top <n>', 'so many of them', countUpTo(MAX_TOP), DEFAULT_TOP)
      .option('--max-usd <amount>', 'stop when so much is spent', parseUsd)
      .option('--tag <tags>', 'ask with these tags, commas between them, as clients do with x-relay-tags', parseList),
  ).action(warm);
}

async function warm({ tenant, file, days, top, maxUsd, tag: tags, ...remote }: Options): Promise<void> {
  const pieces = piecesOf(file, days, top);
  const cache = await RemoteCache.connect(remote);
  const done: Warming[] = [];
  const errors: string[] = [];
  for (const [i, { source, placeOf }] of pieces.entries()) {
    const leftUsd = maxUsd === undefined ? undefined : maxUsd - spent(done);
    if (leftUsd !== undefined && leftUsd <= 0) break;
    const label = pieces.length > 1 ? `piece ${i + 1} of ${pieces.length}: ` : '';
    const begun = await cache.warm({ tenant, source, maxUsd: leftUsd, tags });
    const warming = await followJob(begun, (id) => cache.warming(id), progress, label);
    done.push(warming);
    errors.push(...warming.errors.map(({ request, code, message }) => `${placeOf(request)}: ${code}: ${message}`));
    if (warming.status !== 'done') break;
  }
  for (const error of errors.slice(0, MAX_ERRORS)) warn(error);
  const counts = summary(done);
  printJson(counts);
  const last = done.at(-1);
  if (last && last.status !== 'done')
    throw new CliError(`the warming ${last.id} is ${last.status}: ${last.reason ?? ''}`);
  const { asked, failed } = counts;
  if (failed > 0 && failed === asked)
    throw new CliError(asked === 1 ? 'the request failed' : `all ${asked} requests failed`);
}

function piecesOf(file: string | undefined, days: number | undefined, top: number): Piece[] {
  if ((file === undefined) === (days === undefined)) {
    throw new CliError('name either a file with requests (--file) or a number of days (--days)', EXIT_USAGE);
  }
  if (days !== undefined) return [{ source: { traces: { days, top } }, placeOf: (n) => `request ${n}` }];
  const name = file ?? '-';
  const pieces = requestPieces(readText(name), name);
  if (pieces.length === 0) throw new CliError(`${name} holds no request`);
  return pieces.map(({ requests, lines }) => ({
    source: { requests },
    placeOf: (n) => `${name}:${lines[n - 1] ?? ''}`,
  }));
}

function progress({ status, asked, total, cached, failed, costUsd, reason }: Warming): string {
  const why = reason === null ? '' : `: ${reason}`;
  return `${status}, ${asked} of ${total} asked, ${cached} were there, ${failed} failed, ${costUsd} USD${why}`;
}

const USD_DECIMALS = 12;
const decimal = (usd: number): string => usd.toFixed(USD_DECIMALS).replace(/\.?0+$/, '');

const spent = (warmings: readonly Warming[]): number => warmings.reduce((sum, { costUsd }) => sum + Number(costUsd), 0);

type Counts = Pick<Warming, 'total' | 'asked' | 'cached' | 'failed'>;
type Summary = Counts & Pick<Warming, 'status' | 'costUsd'>;

function summary(warmings: readonly Warming[]): Summary {
  const sum = (of: keyof Counts): number => warmings.reduce((total, warming) => total + warming[of], 0);
  const counts = { total: sum('total'), asked: sum('asked'), cached: sum('cached'), failed: sum('failed') };
  return { status: warmings.at(-1)?.status ?? 'done', ...counts, costUsd: decimal(spent(warmings)) };
}

function parseUsd(text: string): number {
  const usd = /^\d{1,7}(\.\d{1,12})?$/.test(text) ? Number(text) : 0;
  if (usd <= 0) throw new InvalidArgumentError('An amount in USD, more than 0.');
  return usd;
}
