import fc from 'fast-check';
import type { Label, LabelSource } from './semantic-model';
import { chooseThreshold, LABEL_RETENTION_MS, MAX_LABELS } from './threshold';

const DAY_MS = 86_400_000;
const NOW = Date.UTC(2026, 0, 31);

const aLabel = (similarity: number, correct: boolean, i: number, more: Partial<Label> = {}): Label => ({
  similarity,
  correct,
  weight: 4,
  at: NOW - DAY_MS + i,
  source: 'miss',
  ...more,
});

/** Mulberry32, as elsewhere: the same numbers in each run. */
function seeded(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Similarities from 0.6 to 1 in an order that repeats. */
const spreadLabels = (count: number, correct: (similarity: number, i: number) => boolean): Label[] =>
  Array.from({ length: count }, (_, i) => {
    const similarity = 0.6 + 0.4 * ((i * 0.618034) % 1);
    return aLabel(similarity, correct(similarity, i), i);
  });

describe('chooseThreshold', () => {
  it('serves nothing before there are about 3 clean labels for each error in 1 / budget hits', () => {
    const clean = (count: number) =>
      chooseThreshold(
        spreadLabels(6 * count, () => true),
        0.01,
        NOW,
      ).threshold;
    expect(chooseThreshold([], 0.01, NOW)).toEqual({
      threshold: null,
      bound: null,
      reach: null,
      labels: 0,
      measured: null,
      drifted: false,
    });
    expect(clean(300)).toBeNull();
    expect(clean(360)).not.toBeNull();
  });

  it('serves no more than the nearest fifth while no hit was rechecked, and more once they were', () => {
    const misses = spreadLabels(1_200, () => true);
    const untried = chooseThreshold(misses, 0.05, NOW).threshold ?? 0;
    const hits = misses.slice(0, 350).map((label): Label => ({ ...label, source: 'hit', at: label.at + 2_000 }));
    expect(untried).toBeCloseTo(0.6 + 0.4 * (4 / 5), 2);
    expect(chooseThreshold([...misses, ...hits], 0.05, NOW).threshold).toBeLessThan(0.65);
    expect(chooseThreshold(misses, 0.05, NOW).reach).toBe(untried);
  });

  it('counts as a fifth what labels stand for, not how many they are', () => {
    const near = spreadLabels(600, () => true).map((label) => ({
      ...label,
      similarity: 0.9 + label.similarity / 10,
      weight: 1,
    }));
    const distant = spreadLabels(60, () => true).map((label) => ({ ...label, similarity: 0.7, weight: 40 }));
    const reach = (labels: Label[]): number => chooseThreshold(labels, 0.05, NOW).reach ?? 0;
    expect(reach(near)).toBeGreaterThan(0.99);
    expect(reach([...near, ...distant])).toBeLessThan(0.97);
  });

  it('begins to serve in spite of errors among the nearest once enough others are right', () => {
    const labels = spreadLabels(4_000, (_, i) => i % 40 !== 0);
    expect(chooseThreshold(labels.slice(0, 400), 0.05, NOW).threshold).toBeNull();
    expect(chooseThreshold(labels, 0.05, NOW)).toMatchObject({ threshold: expect.any(Number) as number });
  });

  it('finds the similarity below which answers are wrong, with a bound within the budget', () => {
    const { threshold, bound } = chooseThreshold(
      spreadLabels(3_000, (similarity) => similarity > 0.95),
      0.02,
      NOW,
    );
    expect(threshold).toBeGreaterThan(0.945);
    expect(threshold).toBeLessThan(0.955);
    expect(bound).toBeLessThanOrEqual(0.02);
  });

  it('serves nothing where even equal vectors have different answers too often', () => {
    const labels = spreadLabels(5_000, (_, i) => i % 20 !== 0);
    expect(chooseThreshold(labels, 0.02, NOW).threshold).toBeNull();
    expect(chooseThreshold(labels, 0.1, NOW).threshold).not.toBeNull();
  });

  it('believes the newer labels when the older ones were better', () => {
    const labels = spreadLabels(2_000, (_, i) => i < 1_000 || i % 10 !== 0);
    expect(chooseThreshold(labels.slice(0, 1_000), 0.06, NOW).threshold).not.toBeNull();
    expect(chooseThreshold(labels, 0.06, NOW).threshold).toBeNull();
  });

  it('falls back to nothing when what is served becomes wrong, and comes back with new labels', () => {
    const before = spreadLabels(1_000, () => true);
    const after = (count: number, source: LabelSource, correct: boolean): Label[] =>
      spreadLabels(count, () => correct).map((label) => ({ ...label, source, at: label.at + 10_000 }));
    const changed = [...before, ...after(8, 'hit', false)];
    expect(chooseThreshold(before, 0.05, NOW)).toMatchObject({ drifted: false });
    expect(chooseThreshold(changed, 0.05, NOW)).toMatchObject({ threshold: null, drifted: true });
    const learned = after(3_000, 'miss', true).map((label) => ({ ...label, at: label.at + 10_000 }));
    expect(chooseThreshold([...changed, ...learned], 0.05, NOW)).toMatchObject({
      threshold: expect.any(Number) as number,
      drifted: false,
    });
  });

  it('measures the error of rechecked and bad hits with its interval', () => {
    const hits = spreadLabels(100, (_, i) => i % 25 !== 0).map((label): Label => ({ ...label, source: 'hit' }));
    const misses = spreadLabels(100, () => false);
    const { measured } = chooseThreshold([...hits, ...misses], 0.1, NOW);
    expect(measured).toEqual({
      error: expect.closeTo(0.04, 6) as number,
      low: expect.closeTo(0.011, 3) as number,
      high: expect.closeTo(0.0993, 3) as number,
      hits: 100,
      marked: 0,
    });
    const marked = chooseThreshold([...hits, aLabel(0.9, false, 9_999, { source: 'bad-hit', weight: 1 })], 0.1, NOW);
    expect(marked.measured).toMatchObject({ error: expect.closeTo(5 / 101, 6) as number, hits: 101, marked: 1 });
  });

  it('forgets labels after 90 days, and all but the newest 5,000', () => {
    const clean = spreadLabels(1_000, () => true);
    expect(chooseThreshold(clean, 0.05, NOW).threshold).not.toBeNull();
    expect(chooseThreshold(clean, 0.05, NOW + LABEL_RETENTION_MS).labels).toBe(0);
    const many = [...spreadLabels(5_000, () => false), ...clean.map((label) => ({ ...label, at: label.at + 5_000 }))];
    expect(chooseThreshold(many, 0.05, NOW).labels).toBe(MAX_LABELS);
  });

  it('lets labels that stand for many pairs decide over those that stand for few', () => {
    const right = spreadLabels(600, () => true).map((label) => ({
      ...label,
      weight: 1,
      source: 'hit' as const,
      similarity: 0.95 + label.similarity / 100,
    }));
    const wrong = spreadLabels(30, () => false).map((label) => ({ ...label, similarity: 0.9 }));
    const heavy = wrong.map((label) => ({ ...label, weight: 50 }));
    const threshold = (labels: Label[]) => chooseThreshold(labels, 0.3, NOW).threshold ?? 1;
    expect(threshold([...right, ...wrong])).toBeLessThan(threshold([...right, ...heavy]));
  });

  it('is never more permissive when labels turn out wrong', () => {
    const label = fc.record({
      similarity: fc.double({ min: 0.6, max: 1, noNaN: true }),
      correct: fc.boolean(),
      hit: fc.boolean(),
      flip: fc.nat(9),
    });
    fc.assert(
      fc.property(
        fc.array(label, { minLength: 40, maxLength: 200 }),
        fc.constantFrom(0.1, 0.3, 0.5),
        (drawn, budget) => {
          const labels = (worse: boolean) =>
            drawn.map(({ similarity, correct, hit, flip }, i) =>
              aLabel(
                similarity,
                (correct || flip > 2) && !(worse && flip === 9),
                i,
                hit ? { source: 'hit', weight: 10 } : {},
              ),
            );
          const [better, worse] = [
            chooseThreshold(labels(false), budget, NOW),
            chooseThreshold(labels(true), budget, NOW),
          ];
          // A drift leaves older labels out, errors among them: what is left may say something else, as it should.
          if (worse.drifted || better.drifted) return;
          expect(worse.threshold ?? 2).toBeGreaterThanOrEqual(better.threshold ?? 2);
        },
      ),
      { seed: 4, numRuns: 200 },
    );
  });

  it('keeps the budget in 95 of 100 runs, whatever the shape of the error', () => {
    const shapes: ((similarity: number) => number)[] = [
      (similarity) => 1 / (1 + Math.exp((similarity - 0.8) * 40)),
      (similarity) => 0.03 + 0.97 / (1 + Math.exp((similarity - 0.8) * 40)),
      () => 0.06,
    ];
    const [random, budget, runs] = [seeded(11), 0.05, 200];
    for (const errorAt of shapes) {
      let broken = 0;
      for (let run = 0; run < runs; run++) {
        const labels = Array.from({ length: 800 }, (_, i) => {
          const similarity = 0.6 + 0.4 * random();
          const served = similarity > 0.9 && i > 400;
          return aLabel(similarity, random() >= errorAt(similarity), i, served ? { source: 'hit', weight: 10 } : {});
        });
        const { threshold } = chooseThreshold(labels, budget, NOW);
        if (threshold !== null && meanError(errorAt, threshold) > budget) broken++;
      }
      expect(broken / runs).toBeLessThanOrEqual(0.05);
    }
  });
});

function meanError(errorAt: (similarity: number) => number, threshold: number): number {
  const steps = Array.from({ length: 200 }, (_, i) => errorAt(threshold + ((1 - threshold) * (i + 0.5)) / 200));
  return steps.reduce((sum, error) => sum + error, 0) / steps.length;
}
