import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { getDataSourceToken } from '@nestjs/typeorm';
import { ensureDailyPartitions } from '@relay/database';
import { type TraceRecord, TraceRecorder } from '@relay/trace';
import type { DataSource } from 'typeorm';
import { createScratchDatabase } from '../../subjects/scratch-database';
import type { Experiment } from '../experiment';
import { sampleTrace } from './sample-trace';
import { openTraceLibrary } from './trace-library';

const ROWS = 100_000;
const ROUNDS = 3;
/** Recorded between two looks at what waits, as a gateway does between two turns of its loop. */
const BURST = 50;
/** Rows that wait for the database; a gateway that is faster for long would fill the disk. */
const MAX_WAITING = 20_000;
const ROWS_OF_BARE_INSERT = 500;

interface Measured {
  readonly name: string;
  readonly rowsPerSecond: number;
  readonly cpuUs: number; // of this process, a row
}

export const traceWriter: Experiment = {
  summary:
    'rows a second and CPU a row from the recorder into the database, beside a bare INSERT of the same rows; embedded without BENCH_DATABASE_URL',
  defaults: { rounds: ROUNDS },
  run: async ({ options, temporary, say }) => {
    const server = process.env.BENCH_DATABASE_URL ?? process.env.TEST_DATABASE_URL;
    const rows = options.rows ?? ROWS;
    const database = server === undefined ? null : await createScratchDatabase(server, 'relay_bench_writer');
    const directory = join(temporary, 'trace-writer');
    await rm(directory, { recursive: true, force: true });
    await mkdir(directory, { recursive: true });
    const library = await openTraceLibrary(database?.url, directory);
    try {
      const dataSource = library.get<DataSource>(getDataSourceToken());
      await ensureDailyPartitions(dataSource, Date.now(), 2);
      const measured: [Measured, Measured][] = [];
      for (let round = 0; round < options.rounds; round++) {
        const recorder = await measure('recorder', rows, () => record(library.get(TraceRecorder), rows));
        const bare = await measure('bare INSERT', rows, () => insertBare(dataSource, rows));
        measured.push([recorder, bare]);
        say(`round ${round + 1}: ${recorder.rowsPerSecond.toFixed(0)} rows/s, bare ${bare.rowsPerSecond.toFixed(0)}`);
      }
      const ratios = measured
        .map(([recorder, bare]) => bare.rowsPerSecond / recorder.rowsPerSecond)
        .sort((a, b) => a - b);
      return {
        method: `${options.rounds} rounds of ${rows} rows each way, in turn.`,
        sections: [
          {
            title: 'writing',
            notes: [
              `Bare: ${ROWS_OF_BARE_INSERT} rows an INSERT from arrays, without spool, plans, spend and usage. Times recorder over bare: ${ratios.map((ratio) => ratio.toFixed(2)).join(', ')}.`,
            ],
            table: [
              ['', 'rows/s', 'CPU of the process, µs a row'],
              ...measured
                .flat()
                .map(({ name, rowsPerSecond, cpuUs }) => [name, rowsPerSecond.toFixed(0), cpuUs.toFixed(1)]),
            ],
          },
        ],
        goals: [],
        warnings: [],
        facts: { database: database === null ? 'embedded' : `PostgreSQL ${database.version}` },
        details: { rows, measured },
      };
    } finally {
      await library.close();
      await database?.drop();
    }
  },
};

async function measure(name: string, rows: number, work: () => Promise<void>): Promise<Measured> {
  const [startedAt, before] = [performance.now(), process.cpuUsage()];
  await work();
  const { user, system } = process.cpuUsage(before);
  return { name, rowsPerSecond: rows / ((performance.now() - startedAt) / 1_000), cpuUs: (user + system) / rows };
}

async function record(recorder: TraceRecorder, rows: number): Promise<void> {
  for (let n = 0; n < rows; n++) {
    recorder.record(sampleTrace(n), null, null);
    if (n % BURST !== 0) continue;
    if (recorder.status().queued > MAX_WAITING) await recorder.flush();
    else await new Promise((resolve) => setImmediate(resolve));
  }
  await recorder.flush();
}

const COLUMNS = {
  id: 'uuid',
  at: 'timestamptz',
  request_id: 'text',
  tenant: 'text',
  key_id: 'text',
  endpoint: 'text',
  model: 'text',
  served_model: 'text',
  provider: 'text',
  status: 'text',
  http_status: 'smallint',
  stream: 'boolean',
  cache: 'text',
  queue: 'text',
  queue_ms: 'real',
  ttft_ms: 'real',
  total_ms: 'real',
  input_tokens: 'integer',
  output_tokens: 'integer',
  cost_usd: 'numeric',
  policy: 'text',
  signature: 'text',
  plan_id: 'text',
  user_name: 'text',
  detail: 'json',
} as const;

async function insertBare(dataSource: DataSource, rows: number): Promise<void> {
  const names = Object.keys(COLUMNS).join(', ');
  const arrays = Object.values(COLUMNS).map((type, n) => `$${n + 1}::${type}[]`);
  const statement = `INSERT INTO request_traces (${names}) SELECT * FROM unnest(${arrays.join(', ')})`;
  for (let n = 0; n < rows; n += ROWS_OF_BARE_INSERT) {
    const records = Array.from({ length: Math.min(ROWS_OF_BARE_INSERT, rows - n) }, (_, i) =>
      bareRow(sampleTrace(n + i)),
    );
    await dataSource.query(
      statement,
      Object.keys(COLUMNS).map((_, column) => records.map((row) => row[column])),
    );
  }
}

function bareRow(record: TraceRecord): unknown[] {
  const { id, at, requestId, tenant, keyId, endpoint, model, servedModel, provider, status, httpStatus } = record;
  const { stream, cache, queue, queueMs, ttftMs, totalMs, inputTokens, outputTokens, costUsd } = record;
  const detail = JSON.stringify({ a: record.attempts, s: record.stages, f: record.features, p: record.predicted });
  return [
    ...[id, new Date(at), requestId, tenant, keyId, endpoint, model, servedModel, provider, status, httpStatus],
    ...[stream, cache, queue, queueMs, ttftMs, totalMs, inputTokens, outputTokens, costUsd],
    ...[record.policy, record.signature, record.planId, null, detail],
  ];
}
