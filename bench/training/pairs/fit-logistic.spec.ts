import { seededRandom } from '../random';
import { fitLogistic, type PairRow } from './fit-logistic';

describe('fitLogistic', () => {
  const rows = (oddsOf: (x: number, y: number) => number): PairRow[] => {
    const random = seededRandom(1);
    return Array.from({ length: 4_000 }, () => {
      const features = [random(), random()];
      return { features, correct: random() < oddsOf(features[0] ?? 0, features[1] ?? 0), weight: 1 };
    });
  };

  it('finds the weights that made the rows', () => {
    const { bias, weights } = fitLogistic(rows((x, y) => 1 / (1 + Math.exp(2 - 3 * x - y))));
    expect(bias).toBeCloseTo(-2, 0);
    expect(weights[0]).toBeCloseTo(3, 0);
    expect(weights[1]).toBeCloseTo(1, 0);
  });

  it('lets no feature count against a pair', () => {
    const { weights } = fitLogistic(rows((x, y) => 1 / (1 + Math.exp(-2 * x + 2 * y))));
    expect(weights[0]).toBeGreaterThan(1);
    expect(weights[1]).toBe(0);
  });

  it('takes rows as often as their weight says', () => {
    const model = fitLogistic([
      { features: [0], correct: true, weight: 3 },
      { features: [0], correct: false, weight: 1 },
    ]);
    expect(1 / (1 + Math.exp(-model.bias))).toBeCloseTo(0.75, 2);
  });
});
