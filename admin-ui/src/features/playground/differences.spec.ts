import { WAITING } from './answer';
import { differencesOf } from './differences';
import type { LaneState } from './lane';

const lane = (ttftMs: number, costUsd: string): LaneState => ({
  title: '',
  dryRun: null,
  answer: { ...WAITING, phase: 'done', ttftMs, elapsedMs: 2_000, usage: { input: 8, output: 11 } },
  trace: { costUsd } as LaneState['trace'],
});

describe('two answers beside each other', () => {
  it('tells which came sooner and which was cheaper, by exact amounts', () => {
    const rows = differencesOf(lane(100, '0.000000000002'), lane(300, '0.000000000001'));
    const better = Object.fromEntries(rows.map((row) => [row.name, row.better]));
    expect(better).toMatchObject({ TTFT: 0, Cost: 1, Time: null, 'Tokens/s': 1 });
    expect(rows.find(({ name }) => name === 'Tokens')?.differs).toBe(false);
  });

  it('says nothing before there is something on both sides', () => {
    expect(differencesOf(lane(100, '0'), { ...lane(1, '0'), answer: null })).toEqual([]);
  });
});
