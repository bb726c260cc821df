import { setTimeout as pause } from 'node:timers/promises';
import { getDataSourceToken } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import type { Goal, Section } from '../../offline/offline-scenario';
import type { Experiment } from '../experiment';
import { bytesOf, DAYS, TENANTS } from './fill-traces';
import { openFilledTraces } from './filled-traces';
import { type QueryCase, queryCases } from './query-cases';

const ROWS = 1_000_000;
const ROUNDS = 100; // of one question
const WIDE_ROUNDS = 5;
const WARM_UP = 3;
/** P99 that questions of a kind should keep to, in ms. */
const WANTED_MS = { list: 100, detail: 100, words: 300, counts: 1_000 } as const;
const WANTED_BYTES = 1_000; // of a trace on disk, with indexes, without payload
const SETTLE_MS = 2_000;

interface Timed {
  readonly name: string;
  readonly kind: QueryCase['kind'];
  readonly p50: number;
  readonly p99: number;
  readonly failed: number; // took longer than is allowed
}

export const traceQueries: Experiment = {
  summary: `the console's questions among a million traces (--rows) of ${TENANTS} tenants and ${DAYS} days on PostgreSQL, and bytes a trace`,
  run: async ({ options, temporary, say }) => {
    const filled = await openFilledTraces('trace-queries', options.rows ?? ROWS, temporary, say);
    const { library, rows } = filled;
    try {
      const dataSource = library.get<DataSource>(getDataSourceToken());
      await pause(SETTLE_MS);
      const [traces, payloads] = [
        await bytesOf(dataSource, 'request_traces'),
        await bytesOf(dataSource, 'request_payloads'),
      ];
      const timed: Timed[] = [];
      for (const one of queryCases(library, filled.end)) {
        timed.push(await time(one));
        say(`${one.name}: P99 ${timed.at(-1)?.p99.toFixed(1)} ms`);
      }
      return {
        method: `${rows} traces; each question ${ROUNDS} times with other values (wide ones ${WIDE_ROUNDS}), one at a time.`,
        sections: [times(timed), sizes(rows, traces, payloads)],
        goals: goals(timed, traces.all / rows),
        warnings: [],
        facts: filled.facts,
        details: { rows, timed, traces, payloads },
      };
    } finally {
      await filled.close();
    }
  },
};

async function time({ name, kind, ask }: QueryCase): Promise<Timed> {
  const rounds = kind === 'wide' ? WIDE_ROUNDS : ROUNDS;
  for (let round = 0; round < WARM_UP; round++) await ask(round).catch(() => undefined);
  const times: number[] = [];
  let failed = 0;
  for (let round = 0; round < rounds; round++) {
    const startedAt = performance.now();
    await ask(WARM_UP + round).catch(() => failed++);
    times.push(performance.now() - startedAt);
  }
  times.sort((a, b) => a - b);
  const quantile = (share: number): number =>
    times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? Number.NaN;
  return { name, kind, p50: quantile(0.5), p99: quantile(0.99), failed };
}

function times(timed: readonly Timed[]): Section {
  const lines = timed.map(({ name, p50, p99, failed }) => [name, p50.toFixed(1), p99.toFixed(1), String(failed)]);
  return { title: 'questions', notes: [], table: [['', 'P50 ms', 'P99 ms', 'given up after 5 s'], ...lines] };
}

function sizes(rows: number, ...[traces, payloads]: { all: number; indexes: number }[]): Section {
  const cells = (label: string, size: { all: number; indexes: number } | undefined): string[] => [
    ...[label, ((size?.all ?? 0) / rows).toFixed(0), ((size?.indexes ?? 0) / rows).toFixed(0)],
  ];
  const notes = ['Payloads of one request in ten, spread over all traces.'];
  return {
    title: 'disk',
    notes,
    table: [['', 'bytes a trace', 'of them indexes'], cells('traces', traces), cells('payloads', payloads)],
  };
}

function goals(timed: readonly Timed[], bytes: number): Goal[] {
  const worst = (Object.keys(WANTED_MS) as (keyof typeof WANTED_MS)[]).map((kind): Goal => {
    const value = Math.max(...timed.filter((one) => one.kind === kind).map(({ p99 }) => p99));
    return { name: `P99 of the slowest question of kind ${kind}, ms`, value, wanted: WANTED_MS[kind], better: 'lower' };
  });
  return [...worst, { name: 'bytes a trace on disk', value: bytes, wanted: WANTED_BYTES, better: 'lower' }];
}
