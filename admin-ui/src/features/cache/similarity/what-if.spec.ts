import { columnsOf, errorAt, thresholdInForce, whatIf, type LookUps } from './what-if';

const BINS: LookUps['bins'] = [
  { from: 0.29, lookUps: 10, served: 0, savedUsd: '0', costUsd: '1' },
  { from: 0.93, lookUps: 4, served: 0, savedUsd: '0', costUsd: '0.04' },
  { from: 0.97, lookUps: 6, served: 5, savedUsd: '0.5', costUsd: '0.01' },
];

describe('if the threshold were', () => {
  it.each([
    [0.97, 6, '0.51'],
    [0.94, 6, '0.51'],
    [0.93, 10, '0.55'],
    [0.29, 20, '1.55'],
    [0.98, 0, '0'],
  ])('%s, so many would hit and save so much', (threshold, hits, savedUsd) => {
    const found = whatIf({ lookUps: 40, bins: BINS }, threshold);
    expect(found).toMatchObject({ hits, share: hits / 40 });
    expect(Number(found.savedUsd)).toBe(Number(savedUsd));
  });

  it('anything, nothing is known of no look-ups', () => {
    expect(whatIf({ lookUps: 0, bins: [] }, 0.9).share).toBeNull();
  });

  it('between labels, the error is that of the labels from there on; beyond them nobody knows', () => {
    const point = (threshold: number) => ({ threshold, error: 0.1, low: 0, high: 0.2, labels: 3 });
    const curve = [point(0.95), point(0.8)];
    expect(errorAt({ curve }, 0.96)).toBeNull();
    expect(errorAt({ curve }, 0.95)?.threshold).toBe(0.95);
    expect(errorAt({ curve }, 0.9)?.threshold).toBe(0.95);
    expect(errorAt({ curve }, 0.8)?.threshold).toBe(0.8);
    expect(errorAt({ curve }, 0.79)).toBeNull();
    expect(errorAt({ curve: [] }, 0.9)).toBeNull();
  });

  it('begins with the threshold that decided most', () => {
    const look = {
      measure: 'score',
      thresholds: [{ threshold: 0.9234, lookUps: 1, lastAt: '' }],
    } as unknown as LookUps;
    expect(thresholdInForce(look, [])).toBe(0.92);
    expect(thresholdInForce({ ...look, thresholds: [] }, [])).toBe(0.9);
  });
});

it('columns have no gaps, and reach down to the lowest look-up', () => {
  const columns = columnsOf(BINS);
  expect(columns).toHaveLength(71);
  expect([columns[0], columns[1], columns.at(-3)]).toEqual([
    { from: 0.29, served: 0, missed: 10 },
    { from: 0.3, served: 0, missed: 0 },
    { from: 0.97, served: 5, missed: 1 },
  ]);
  expect(columnsOf([])[0]?.from).toBe(0.5);
});
