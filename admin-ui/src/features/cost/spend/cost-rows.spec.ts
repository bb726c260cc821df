import type { Usage } from '../cost.queries';
import { changeOf, costRows, perThousand } from './cost-rows';

const usage = (rows: readonly { key: string | null; costUsd: string; requests: number }[]) =>
  ({ data: rows }) as unknown as Usage;

describe('rows of costs', () => {
  it('know what the same key cost before', () => {
    const now = usage([
      { key: 'acme', costUsd: '3', requests: 100 },
      { key: null, costUsd: '1', requests: 1 },
      { key: 'none', costUsd: '0', requests: 0 },
    ]);
    const before = usage([
      { key: 'acme', costUsd: '2', requests: 1 },
      { key: 'gone', costUsd: '9', requests: 1 },
    ]);
    expect(costRows(now, before).map(({ id, change, perThousandUsd }) => [id, change, perThousandUsd])).toEqual([
      ['=acme', 0.5, 30],
      ['none', null, 1_000],
      ['=none', null, null],
    ]);
  });

  it('make up no change and no price out of nothing', () => {
    expect([changeOf('1', undefined), changeOf('1', '0'), perThousand({ costUsd: '0', requests: 0 })]).toEqual([
      null,
      null,
      null,
    ]);
  });
});
