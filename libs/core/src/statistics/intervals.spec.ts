import { differenceOf, type Estimate, meanInterval, quantileRanks, shareInterval } from './intervals';
import { deviationsOf } from './normal-quantile';
import { voicedMean, type VoiceSums } from './voices';

const Z95 = deviationsOf(0.95);
const rounded = ({ value, low, high }: Estimate, places = 4): number[] =>
  [value, low, high].map((one) => Number(one.toFixed(places)));

/** Numbers from 0 to 1 that are the same at each run (a linear congruential generator of Numerical Recipes). */
function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) / 2 ** 32;
}

describe('the normal distribution', () => {
  it.each([
    [0.5, 0.674489750196],
    [0.9, 1.644853626951],
    [0.95, 1.95996398454],
    [0.99, 2.575829303549],
    [0.999, 3.290526731492],
    [0.9999, 3.890591886413],
  ])('holds %d within so many deviations', (confidence, deviations) => {
    expect(deviationsOf(confidence)).toBeCloseTo(deviations, 7);
  });
});

describe('intervals', () => {
  // R. G. Newcombe, Statistics in Medicine 17, 857 (1998), table I, method 3.
  it.each([
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718],
  ])('of %d of %d are those that Newcombe prints', (hits, count, low, high) => {
    expect(rounded(shareInterval(hits / count, count, Z95)).slice(1)).toEqual([low, high]);
  });

  // R. G. Newcombe, Statistics in Medicine 17, 873 (1998), table II, method 10.
  it.each([
    [56, 70, 48, 80, 0.0524, 0.3339],
    [9, 10, 3, 10, 0.1705, 0.809],
    [6, 7, 2, 7, 0.0582, 0.8062],
    [5, 56, 0, 29, -0.0381, 0.1926],
    [0, 10, 0, 20, -0.1611, 0.2775],
  ])('of %d/%d less %d/%d as well', (hits, of, otherHits, other, low, high) => {
    const [more, less] = [shareInterval(hits / of, of, Z95), shareInterval(otherHits / other, other, Z95)];
    expect(rounded(differenceOf(less, more)).slice(1)).toEqual([low, high]);
  });

  it('of a mean are as wide as its standard error says', () => {
    expect(rounded(meanInterval(10, 4, 100, Z95))).toEqual([10, 9.608, 10.392]);
  });

  it('of a quantile are places in the order of size, and open where there are too few values', () => {
    expect(quantileRanks(0.5, 100, Z95)).toEqual({ low: 40, high: 61 });
    expect(quantileRanks(0.95, 1_000, Z95)).toEqual({ low: 936, high: 965 });
    expect(quantileRanks(0.95, 60, Z95)).toEqual({ low: 53, high: null });
    expect(quantileRanks(0.5, 1, Z95)).toEqual({ low: null, high: null });
  });

  it('hold the truth as often as they say: 2,000 pairs of samples', () => {
    const random = seeded(7);
    const drawn = (share: number, count: number): number =>
      Array.from({ length: count }, () => Number(random() < share)).reduce((sum, one) => sum + one, 0) / count;
    let [held, quantileHeld] = [0, 0];
    for (let round = 0; round < 2_000; round++) {
      const first = shareInterval(drawn(0.9, 60), 60, Z95);
      const difference = differenceOf(first, shareInterval(drawn(0.8, 40), 40, Z95));
      if (difference.low <= -0.1 && difference.high >= -0.1) held++;
      const values = Array.from({ length: 300 }, () => -Math.log(1 - random())).sort((a, b) => a - b);
      const { low, high } = quantileRanks(0.95, 300, Z95);
      const truth = -Math.log(0.05);
      if ((values[(low ?? 1) - 1] ?? 0) <= truth && (values[(high ?? 300) - 1] ?? Infinity) >= truth) quantileHeld++;
    }
    expect(held / 2_000).toBeGreaterThan(0.935);
    expect(held / 2_000).toBeLessThan(0.97);
    expect(quantileHeld / 2_000).toBeGreaterThan(0.94);
  });
});

describe('many values of few voices', () => {
  const sumsOf = (voices: readonly (readonly number[])[]): VoiceSums => {
    const said = voices.map((values) => ({ n: values.length, s: values.reduce((sum, one) => sum + one, 0) }));
    const total = (of: (voice: { n: number; s: number }) => number) => said.reduce((sum, one) => sum + of(one), 0);
    return {
      ...{ voices: said.length, count: total(({ n }) => n), sum: total(({ s }) => s) },
      ...{
        countSquares: total(({ n }) => n * n),
        sumSquares: total(({ s }) => s * s),
        products: total(({ n, s }) => n * s),
      },
    };
  };

  it('count as they are where each voice speaks once', () => {
    const each = Array.from({ length: 100 }, (_, at) => [Number(at < 70)]);
    const { mean, count } = voicedMean(sumsOf(each)) ?? { mean: 0, count: 0 };
    expect(mean).toBeCloseTo(0.7);
    expect(count).toBeCloseTo(99); // between voices it is divided by their number less one
  });

  it('count as the voices where each always says the same', () => {
    const loud = Array.from({ length: 10 }, (_, at) => Array.from({ length: 20 }, () => Number(at < 7)));
    expect(voicedMean(sumsOf(loud))?.count).toBeCloseTo(9);
    expect(voicedMean(sumsOf(Array.from({ length: 5 }, () => [1, 1, 1])))).toEqual({ mean: 1, count: 5 });
  });

  it('of one voice are one', () => {
    expect(voicedMean(sumsOf([[0, 0, 1, 0]]))).toEqual({ mean: 0.25, count: 1 });
    expect(voicedMean(sumsOf([]))).toBeNull();
  });
});
