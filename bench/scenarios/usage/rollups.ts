import { getDataSourceToken } from '@nestjs/typeorm';
import { usageQuerySchema } from '@relay/contracts';
import { UsageRollups, UsageStore } from '@relay/trace';
import type { DataSource } from 'typeorm';
import { createScratchDatabase } from '../../subjects/scratch-database';
import type { Experiment } from '../experiment';
import { fillTraces, TENANTS } from '../traces/fill-traces';
import { openTraceLibrary } from '../traces/trace-library';
import { countAll } from './count-all';
import { exactP95, recount } from './recount';
import { timeQuestions, WINDOW_DAYS, windowOf } from './usage-questions';

const ROWS = 1_000_000;
const ROUNDS = 20; // of one question
const DAY_MS = 86_400_000;
const WANTED_QUERY_MS = 100;
const WANTED_ERROR = 0.01;

export const rollups: Experiment = {
  summary: `usage of a million random traces (--rows) of ${TENANTS} tenants: counted, compared with an exact recount, and asked`,
  run: async ({ options, temporary, say }) => {
    const server = process.env.BENCH_DATABASE_URL ?? process.env.TEST_DATABASE_URL;
    if (!server) throw new Error('rollups needs a PostgreSQL server: set BENCH_DATABASE_URL');
    const rows = options.rows ?? ROWS;
    const database = await createScratchDatabase(server, 'relay_bench_rollups');
    const library = await openTraceLibrary(database.url, temporary);
    try {
      const dataSource = library.get<DataSource>(getDataSourceToken());
      const today = Math.floor(Date.now() / DAY_MS) * DAY_MS;
      await fillTraces(dataSource, database.url, rows, today, say);
      const startedAt = performance.now();
      const hours = await countAll(dataSource, library.get(UsageRollups));
      const seconds = (performance.now() - startedAt) / 1_000;
      say(`counted ${hours} hours in ${seconds.toFixed(1)} s`);
      const checks = [];
      for (const grain of ['hour', 'day'] as const) {
        for (const tagged of [false, true])
          checks.push({ grain, tagged, ...(await recount(dataSource, grain, tagged)) });
      }
      const different = checks.reduce((sum, check) => sum + check.different, 0);
      const store = library.get(UsageStore);
      const worst = await worstP95(dataSource, store, today);
      const timed = await timeQuestions(store, today, ROUNDS);
      const slowest = Math.max(...timed.filter(({ goal }) => goal).map(({ p50 }) => p50));
      return {
        method: `${rows} traces, each question ${ROUNDS} times, one at a time.`,
        sections: [
          {
            title: 'compared with an exact recount',
            notes: [
              `Counted in ${seconds.toFixed(1)} s: ${((seconds / rows) * 1e6).toFixed(1)} s for a million traces, ${hours} hours.`,
            ],
            table: [
              ['', 'groups', 'different'],
              ...checks.map(({ grain, tagged, groups, different: wrong }) => [
                ...[`by ${grain}${tagged ? ' and tag' : ''}`, String(groups), String(wrong)],
              ]),
            ],
          },
          {
            title: 'questions',
            notes: [`A window of ${WINDOW_DAYS} days.`],
            table: [
              ['', 'P50 ms', 'slowest ms'],
              ...timed.map(({ name, p50, max }) => [name, p50.toFixed(1), max.toFixed(1)]),
            ],
          },
        ],
        goals: [
          { name: 'groups that differ from an exact recount', value: different, wanted: 0, better: 'lower' },
          {
            name: 'relative error of a P95 of merged sketches, worst tenant',
            value: worst,
            wanted: WANTED_ERROR,
            better: 'lower',
          },
          { name: 'P50 of the slowest question, ms', value: slowest, wanted: WANTED_QUERY_MS, better: 'lower' },
        ],
        warnings: different > 0 ? [`${different} groups differ`] : [],
        facts: { postgres: database.version },
        details: { rows, hours, seconds, checks, worst, timed },
      };
    } finally {
      await library.close();
      await database.drop();
    }
  },
};

async function worstP95(dataSource: DataSource, store: UsageStore, today: number): Promise<number> {
  const exact = await exactP95(dataSource);
  const told = await store.read(usageQuerySchema.parse({ groupBy: 'tenant', ...windowOf(today) }), null);
  if (!told.ok) throw told.error;
  const errors = told.value.data.map(({ key, latency }) =>
    Math.abs((latency.p95Ms ?? 0) / (exact.get(key ?? '') ?? 1) - 1),
  );
  return Math.max(...errors);
}
