import { areaUnder, cheapestReaching, costOf, curveOf, pointOf, scoresBetween } from './curve';

// One hard and one easy prompt; the second model costs ten times as much.
const rows = [
  { scores: [0, 1], usd: [0.001, 0.01] },
  { scores: [1, 1], usd: [0.001, 0.01] },
];
const CHOICES = [
  [1, 1],
  [0, 0],
  [1, 0],
];

describe('pointOf', () => {
  it('is the mean of what the chosen models scored and cost, in USD for 1,000 requests', () => {
    expect(pointOf(rows, [1, 0])).toEqual({ usd: 5.5, score: 1 });
    expect(pointOf(rows, [0, 0])).toEqual({ usd: 1, score: 0.5 });
  });
});

describe('cheapestReaching', () => {
  const points = [
    { usd: 3, score: 0.9 },
    { usd: 2, score: 0.8 },
    { usd: 1, score: 0.7 },
  ];

  it('finds the cheapest point that is good enough', () => expect(cheapestReaching(points, 0.75)).toBe(1));
  it('takes the best one where none is', () => expect(cheapestReaching(points, 0.95)).toBe(0));
});

describe('a curve', () => {
  const curve = curveOf(CHOICES.map((choices) => pointOf(rows, choices)));

  it('runs by rising cost', () => {
    expect(curve[0]).toEqual({ usd: 1, score: 0.5 });
    expect(curve.at(-1)).toEqual({ usd: 10, score: 1 });
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
