import { ALONE, recordAfter, surroundingsOf, UNKNOWN_RECORD, type Placed } from './surroundings';

const placed = (answerId: string, similarity: number, record: number | null = null): Placed => ({
  answerId,
  similarity,
  record,
});
const around = (fitting: Placed[], horizon: number | null = null) => ({ fitting, places: 5, horizon });

describe('what lies around a prompt', () => {
  const mine = placed('a', 0.9);

  it('supports an answer that other near entries have too', () => {
    const support = (...others: Placed[]) => surroundingsOf(mine, around([mine, ...others])).support;
    expect(support(placed('b', 0.8))).toBe(0);
    expect(support(placed('a', 0.8), placed('b', 0.7))).toBe(0.25);
    expect(support(...Array.from({ length: 4 }, () => placed('a', 0.8)))).toBe(1);
  });

  it('gives an answer the lead by which its nearest entry is nearer than that of any other', () => {
    const lead = (of: Placed, ...others: Placed[]) => surroundingsOf(of, around([of, ...others])).lead;
    expect(lead(mine, placed('b', 0.8), placed('c', 0.85))).toBeCloseTo(0.05);
    expect(lead(placed('a', 0.8), placed('a', 0.9), placed('b', 0.85))).toBeCloseTo(0.05);
    expect(lead(placed('a', 0.8), placed('b', 0.9))).toBe(0);
  });

  it('knows of a lead without a rival only if all places are filled', () => {
    const near = [mine, placed('a', 0.85)];
    expect(surroundingsOf(mine, around(near)).lead).toBe(0);
    expect(surroundingsOf(mine, around(near, 0.7)).lead).toBeCloseTo(0.2);
  });

  it('is nothing for an entry alone', () => {
    expect(surroundingsOf(mine, around([mine]))).toEqual(ALONE);
  });
});

describe('the record of an answer', () => {
  const after = (...verdicts: boolean[]): number =>
    verdicts.reduce<number | null>((record, correct) => recordAfter(record, correct), null) ?? UNKNOWN_RECORD;

  it('rises with each verdict for it and falls with each against it, the latest most', () => {
    expect(after(true)).toBeGreaterThan(UNKNOWN_RECORD);
    expect(after(false)).toBeLessThan(UNKNOWN_RECORD);
    expect(after(true, true, false)).toBeLessThan(after(false, true, true));
  });

  it('stays between 0 and 1', () => {
    expect(after(...Array.from({ length: 50 }, () => true))).toBeLessThanOrEqual(1);
    expect(after(...Array.from({ length: 50 }, () => false))).toBeGreaterThanOrEqual(0);
  });
});
