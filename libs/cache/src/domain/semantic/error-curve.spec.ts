import { errorCurve } from './error-curve';
import type { Label } from './semantic-model';

const label = (similarity: number, correct: boolean, source: Label['source'] = 'hit'): Label => ({
  ...{ similarity, correct, source, weight: 1, at: 0 },
});

describe('the error of thresholds', () => {
  it('is that of all labels from each on, and grows where the wrong ones lie', () => {
    const labels = [
      ...Array.from({ length: 40 }, () => label(0.955, true)),
      ...Array.from({ length: 10 }, (_, i) => label(0.805, i < 5)),
    ];
    const curve = errorCurve(labels);
    expect(curve.map(({ threshold, labels: count }) => [threshold, count])).toEqual([
      [0.95, 40],
      [0.8, 50],
    ]);
    expect(curve[0]).toMatchObject({ error: 0, low: 0 });
    expect(curve[0]?.high).toBeCloseTo(1 - 0.025 ** (1 / 40), 6); // no error in 40: 8.8%
    expect(curve[1]?.error).toBeCloseTo(0.1, 10);
    const [low = 1, high = 0] = [curve[1]?.low, curve[1]?.high];
    expect(low).toBeLessThan(0.1);
    expect(high).toBeGreaterThan(0.1);
  });

  it('counts a bad hit as one more error, wherever it fell', () => {
    const [first] = errorCurve([...Array.from({ length: 9 }, () => label(0.9, true)), label(1, false, 'bad-hit')]);
    expect(first).toMatchObject({ threshold: 0.99, error: 1, labels: 1 });
    expect(
      errorCurve([...Array.from({ length: 9 }, () => label(0.9, true)), label(1, false, 'bad-hit')]).at(-1),
    ).toMatchObject({
      ...{ threshold: 0.9, error: 0.1, labels: 10 },
    });
  });

  it('is nothing without labels', () => {
    expect(errorCurve([])).toEqual([]);
  });
});
