import { getDataSourceToken } from '@nestjs/typeorm';
import { UsageRollups, UsageStore } from '@relay/trace';
import type { DataSource } from 'typeorm';
import type { Experiment } from '../experiment';
import { openFilledTraces } from '../traces/filled-traces';
import { countAll } from './count-all';
import { timeQuestions, WINDOW_DAYS } from './usage-questions';

const ROWS = 1_000_000;
const ROUNDS = 100; // of one question
const DAY_MS = 86_400_000;
const WANTED_MS = 100;

export const costPages: Experiment = {
  summary: 'what pages of costs ask of a month among a million traces (--rows) that are counted',
  run: async ({ options, temporary, say }) => {
    const filled = await openFilledTraces('cost-pages', options.rows ?? ROWS, temporary, say);
    const { library, rows } = filled;
    try {
      const dataSource = library.get<DataSource>(getDataSourceToken());
      const [told]: { days: number }[] = await dataSource.query('SELECT count(*)::int4 AS days FROM usage_days');
      if (told?.days === 0) say(`counted ${await countAll(dataSource, library.get(UsageRollups))} hours`);
      const timed = await timeQuestions(library.get(UsageStore), filled.end - DAY_MS, ROUNDS);
      const slowest = Math.max(...timed.filter(({ goal }) => goal).map(({ p99 }) => p99));
      return {
        method: `${rows} traces, a window of ${WINDOW_DAYS} days; each question ${ROUNDS} times, one at a time.`,
        sections: [
          {
            title: 'questions',
            notes: [],
            table: [
              ['', 'P50 ms', 'P99 ms'],
              ...timed.map(({ name, p50, p99 }) => [name, p50.toFixed(1), p99.toFixed(1)]),
            ],
          },
        ],
        goals: [{ name: 'P99 of the slowest page of costs, ms', value: slowest, wanted: WANTED_MS, better: 'lower' }],
        warnings: [],
        facts: filled.facts,
        details: { rows, timed },
      };
    } finally {
      await filled.close();
    }
  },
};
