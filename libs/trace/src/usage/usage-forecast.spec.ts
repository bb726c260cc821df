import { projectMonth, type SpentDay } from './usage-forecast';

const DAY_MS = 86_400_000;
const MONTH_END = Date.UTC(2026, 4, 1);
const RUNS = 4_000;

/** mulberry32, and Box and Muller's way from it to a normal distribution. */
function normals(seed: number): () => number {
  let state = seed;
  const uniform = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
  return () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
}

describe('the forecast of a month', () => {
  const spentDays = (until: number, count: number, of: (day: number) => number): SpentDay[] =>
    Array.from({ length: count }, (_, n) => until - (count - n) * DAY_MS).map((day) => ({ day, usd: of(day) }));

  it('adds the means of the weekdays that are left, and of today what is left of it', () => {
    const now = MONTH_END - 2.5 * DAY_MS; // noon: half a day and two whole ones are left
    const today = MONTH_END - 3 * DAY_MS;
    const weekly = (day: number): number => new Date(day).getUTCDay() + 1;
    const expected = weekly(today) / 2 + weekly(today + DAY_MS) + weekly(today + 2 * DAY_MS);
    const projection = projectMonth(spentDays(today, 28, weekly), 100, now, MONTH_END);
    expect(projection).toMatchObject({ usd: 100 + expected, lowUsd: 100 + expected, daysUsed: 28 });
  });

  it('says nothing with less than two weeks to go by', () => {
    expect(
      projectMonth(
        spentDays(MONTH_END, 13, () => 1),
        5,
        MONTH_END - DAY_MS,
        MONTH_END,
      ),
    ).toBeNull();
  });

  it.each([
    [28, 30],
    [28, 5],
    [14, 30],
    [14, 5],
  ])('has the month in its interval nine times of ten: %i days known, %i left', (known, left) => {
    const normal = normals(known * 100 + left);
    const today = MONTH_END - left * DAY_MS;
    let inside = 0;
    for (let run = 0; run < RUNS; run++) {
      const days = spentDays(today, known, (day) => 1_000 + 100 * new Date(day).getUTCDay() + 50 * normal());
      const rest = Array.from({ length: left }, (_, n) => today + n * DAY_MS);
      const actual = rest.reduce((sum, day) => sum + 1_000 + 100 * new Date(day).getUTCDay() + 50 * normal(), 0);
      const { lowUsd, highUsd } = projectMonth(days, 0, today, MONTH_END) ?? { lowUsd: 0, highUsd: 0 };
      if (lowUsd <= actual && actual <= highUsd) inside++;
    }
    expect(inside / RUNS).toBeGreaterThan(0.88);
    expect(inside / RUNS).toBeLessThan(0.92);
  });
});
