import { areaUnder, chosenModel, costOf, curveOf, pointAt, scoresBetween, type Routable } from './curve';

// One hard and one easy prompt; the second model costs ten times as much.
const routable: Routable = {
  expected: [
    [0.2, 0.9],
    [0.9, 0.95],
  ],
  scores: [
    [0, 1],
    [1, 1],
  ],
  usd: [
    [0.001, 0.01],
    [0.001, 0.01],
  ],
};

describe('chosenModel', () => {
  it('takes the best at any price, the cheapest for price alone, and the cheaper of equals', () => {
    expect(chosenModel([0.5, 0.6], [1, 2], 0)).toBe(1);
    expect(chosenModel([0.5, 0.6], [1, 2], Infinity)).toBe(0);
    expect(chosenModel([0.6, 0.6], [2, 1], 0)).toBe(1);
  });

  it('pays more only where the gain is worth it', () => {
    expect(chosenModel([0.2, 0.9], [0.001, 0.01], 0.02)).toBe(1); // 0.7 gained for 9 USD per 1,000
    expect(chosenModel([0.9, 0.95], [0.001, 0.01], 0.02)).toBe(0);
  });
});

describe('a curve', () => {
  const curve = curveOf(routable);

  it('runs from all cheap to the best, by rising cost', () => {
    expect(curve[0]).toEqual({ usd: 1, score: 0.5 });
    expect(curve.at(-1)).toEqual({ usd: 10, score: 1 });
    expect(pointAt(routable, 0.02)).toEqual({ usd: 5.5, score: 1 });
  });

  it('tells the least cost of a score, mixing points where that is cheaper', () => {
    expect(costOf(curve, 1)).toBeCloseTo(5.5);
    expect(costOf(curve, 0.75)).toBeCloseTo(3.25);
    expect(costOf(curve, 1.1)).toBeNaN();
  });

  it('tells the score that each budget buys', () => {
    const scores = scoresBetween(curve, 1, 10, 4);
    for (const [i, score] of [0.5, 0.75, 1, 1, 1].entries()) expect(scores[i]).toBeCloseTo(score);
  });

  it('has the area of its upper hull', () => {
    expect(areaUnder(curve, 1, 10)).toBeCloseTo((0.75 * 4.5 + 1 * 4.5) / 9, 2);
    const chance = [
      { usd: 1, score: 0.5 },
      { usd: 10, score: 1 },
    ];
    expect(areaUnder(chance, 1, 10)).toBeCloseTo(0.75);
    expect(areaUnder([{ usd: 1, score: 0.5 }], 1, 10)).toBeCloseTo(0.5);
  });
});
