import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { OfflineScenario } from './offline-scenario';
import { runOffline } from './run';

describe('an offline scenario', () => {
  const scenario: OfflineScenario = {
    summary: 'measures nothing',
    withoutData: true,
    run: () => Promise.resolve({ sections: [], goals: [], details: {} }),
  };

  it('of a sample is written beside the report of all, and says where', async () => {
    const root = mkdtempSync(path.join(tmpdir(), 'relay-bench-'));
    const said: string[] = [];
    const run = (...args: string[]): Promise<void> =>
      runOffline('none', scenario, args, { root, print: () => undefined, say: (line) => said.push(line) });
    try {
      await run();
      await run('--sample', '300');
      const files = readdirSync(path.join(root, 'bench/results')).map((file) =>
        file.replace(/\d{4}-\d\d-\d\d/, 'DATE'),
      );
      const [all, sampled] = ['none-DATE', 'none-sample300-DATE'];
      expect(files.sort()).toEqual([`${all}.json`, `${all}.md`, `${sampled}.json`, `${sampled}.md`]);
      expect(said[1]).toMatch(/^written to .*none-sample300-[\d-]+\.\{json,md\}$/);
    } finally {
      rmSync(root, { recursive: true });
    }
  });
});
