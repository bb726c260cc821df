import { SeededDraws } from '../../domain/routing/seeded';
import { difference, estimate, halfWidth, type Estimate, type Sums } from './sequential-test';

const ALPHA = 0.05;
const RUNS = 200;
const LOOKS = 100;
const REQUESTS_PER_LOOK = 40; // of each side

/** A side whose sums are kept up to date with each request. */
class Side {
  private readonly units: { n: number; s: number }[];
  private sums: { -readonly [Name in keyof Sums]: Sums[Name] } = {
    ...{ requests: 0, total: 0, squares: 0, units: 0 },
    ...{ unitRequestSquares: 0, unitTotalSquares: 0, unitProducts: 0 },
  };

  /** `rates`: how often each user's requests fail. */
  constructor(
    private readonly rates: readonly number[],
    private readonly draws: SeededDraws,
  ) {
    this.units = rates.map(() => ({ n: 0, s: 0 }));
  }

  serve(requests: number): Estimate {
    for (let i = 0; i < requests; i++) this.add(Math.floor(this.draws.next() * this.rates.length));
    return estimate(this.sums, true);
  }

  private add(user: number): void {
    const unit = this.units[user] as { n: number; s: number };
    const x = this.draws.next() < (this.rates[user] ?? 0) ? 1 : 0;
    const { sums } = this;
    sums.units += unit.n === 0 ? 1 : 0;
    sums.requests += 1;
    sums.total += x;
    sums.squares += x;
    sums.unitRequestSquares += 2 * unit.n + 1;
    sums.unitTotalSquares += 2 * unit.s * x + x;
    sums.unitProducts += unit.n * x + unit.s + x;
    unit.n += 1;
    unit.s += x;
  }
}

type Half = (variance: number) => number;
const always: Half = (variance) => halfWidth(variance, 0.03, ALPHA);
/** The usual interval, for one look. */
const once: Half = (variance) => 1.96 * Math.sqrt(variance);

/** In what share of the runs an interval left the truth out at any of the looks. */
function misses(half: Half, users: (draws: SeededDraws) => number[], worseBy = 0): number {
  let missed = 0;
  for (let run = 0; run < RUNS; run++) {
    const draws = new SeededDraws(run);
    const canary = new Side(
      users(draws).map((rate) => rate + worseBy),
      draws,
    );
    const inForce = new Side(users(draws), draws);
    for (let look = 0; look < LOOKS; look++) {
      const { mean, variance } = difference(canary.serve(REQUESTS_PER_LOOK), inForce.serve(REQUESTS_PER_LOOK));
      if (Math.abs(mean) <= half(variance)) continue;
      missed += 1;
      break;
    }
  }
  return missed / RUNS;
}

const alike = (): number[] => Array<number>(1_000).fill(0.1);
/** Forty users, some of whom fail always, most of them never. */
const different = (draws: SeededDraws): number[] => Array.from({ length: 40 }, () => (draws.next() < 0.1 ? 1 : 0));

describe('an interval that holds at every look', () => {
  it('leaves the truth out at some of a hundred looks as seldom as it says, where the usual one does so in every third run', () => {
    expect(misses(always, alike)).toBeLessThanOrEqual(ALPHA);
    expect(misses(once, alike)).toBeGreaterThan(0.3);
  });

  it('holds where the requests of a user are alike, too', () => {
    expect(misses(always, different)).toBeLessThanOrEqual(ALPHA);
  });

  it('leaves no difference out where there is one', () => {
    expect(misses(always, alike, 0.05)).toBeGreaterThan(0.9);
  });
});

it('gets narrower with more requests, and is none without doubt', () => {
  const widths = [1e-2, 1e-3, 1e-4, 1e-5].map(always);
  expect([...widths].sort((a, b) => b - a)).toEqual(widths);
  expect(always(0)).toBe(0);
});
