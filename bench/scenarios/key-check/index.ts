import type { Experiment } from '../experiment';
import { openAuthLibrary } from './auth-library';
import { makeKeys, measureCached, measureCold, measureHash, type Spread } from './measure';

const WANTED_CACHED_US = 10;
const WANTED_COLD_MS = 10;

export const keyCheck: Experiment = {
  summary: 'what it costs to tell who calls: µs for a key in memory, ms for one in the database, ms for a password',
  run: async ({ temporary, say }) => {
    const app = await openAuthLibrary(undefined, temporary);
    try {
      const keys = await makeKeys(app);
      say(`${keys.length} keys are there`);
      const cold = await measureCold(app, keys);
      const cached = await measureCached(app, keys);
      const hash = await measureHash(app);
      const row = (label: string, { p50, p99 }: Spread): string[] => [label, p50.toFixed(2), p99.toFixed(2)];
      return {
        method: `${keys.length} keys on the embedded database, in one process, one check at a time.`,
        sections: [
          {
            title: 'to tell who calls',
            notes: ['The key of a request is hashed and looked up; P99 of cached checks is that of batches of 10,000.'],
            table: [
              ['', 'P50', 'P99'],
              row('key in memory, µs', cached),
              row('key in the database, ms', cold),
              row('password (argon2id, 19 MiB, 2 passes), ms', hash),
            ],
          },
        ],
        goals: [
          { name: 'a key in memory, µs', value: cached.p50, wanted: WANTED_CACHED_US, better: 'lower' },
          { name: 'a key in the database, ms', value: cold.p50, wanted: WANTED_COLD_MS, better: 'lower' },
        ],
        warnings: [],
        facts: { 'relay database': 'embedded (PGlite)' },
        details: { cached, cold, hash },
      };
    } finally {
      await app.close();
    }
  },
};
