import type { Schemas } from '../../api/client';
import { tenantRows } from './tenant-rows';

const pool = (tenants: Schemas['Pool']['tenants']) => ({ tenants }) as Schemas['Pool'];
const usage = (key: string, outputTokens: number, rejected = 0) => ({
  key,
  requests: 1,
  rejected,
  inputTokens: 0,
  outputTokens,
});

describe('tenants in the lines', () => {
  const rows = tenantRows({
    pools: [pool([{ id: 'a', waiting: 2 }]), pool([{ id: 'a', waiting: 1 }])],
    tenants: [
      { id: 'a', weight: 1 },
      { id: 'b', weight: 3 },
      { id: 'idle', weight: 5 },
    ],
    served: [usage('a', 30, 4), usage('b', 90)],
    degraded: [{ value: 'b', count: 7 }],
  });

  it('are those that wait or were served, who waits first', () => {
    expect(rows.map(({ id, waiting }) => [id, waiting])).toEqual([
      ['a', 3],
      ['b', 0],
    ]);
  });

  it('have a share, and what would be theirs by weight', () => {
    expect(rows.map(({ share, fairShare }) => [share, fairShare])).toEqual([
      [0.25, 0.25],
      [0.75, 0.75],
    ]);
  });

  it('are told what was refused and given up', () => {
    expect(rows.map(({ rejected, degraded }) => [rejected, degraded])).toEqual([
      [4, 0],
      [0, 7],
    ]);
  });
});
