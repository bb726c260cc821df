import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import type { ReadableStream as NodeReadableStream } from 'node:stream/web';
import { pipeline } from 'node:stream/promises';
import type { Command } from 'commander';
import { CliError } from '../cli-error';
import { withRemote, type RemoteOptions } from '../relay-client';
import { RemoteTraces } from '../remote-traces';
import { reasonOf } from '../terminal';
import { type FilterOptions, filtersOf, withTraceFilters } from '../trace-filters';

interface Options extends RemoteOptions, FilterOptions {
  readonly format: string;
  readonly from?: string;
  readonly to?: string;
  readonly rows?: string;
  readonly out?: string;
}

export function addTracesExport(parent: Command): void {
  const command = parent.command('export').description('write traces down as CSV or lines of JSON');
  withRemote(
    withTraceFilters(command)
      .option('--format <format>', 'csv or jsonl', 'jsonl')
      .option('--from <time>', 'ISO 8601')
      .option('--to <time>', 'ISO 8601')
      .option('--rows <n>', 'at most this many')
      .option('--out <file>', 'instead of the terminal'),
  ).action(exportTraces);
}

async function exportTraces(options: Options): Promise<void> {
  const { format, from, to, rows, out } = options;
  const traces = await RemoteTraces.connect(options);
  const body = await traces.export({ ...filtersOf(options), format, from, to, rows });
  const target = out === undefined ? process.stdout : createWriteStream(out);
  try {
    await pipeline(Readable.fromWeb(body as NodeReadableStream), target, { end: out !== undefined });
  } catch (error) {
    throw new CliError(`the export broke off and is not whole: ${reasonOf(error)}`);
  }
}
