import type { Goal, Section } from '../offline-scenario';
import { adversarialPairs, guardFigures, type JudgedPair } from './adversarial';
import { percent } from './figures';
import { cosine } from './nearest';

const MAX_FALSE = 0.15;
const MIN_TRUE = 0.7;
/** Of the pairs that pass the guards: from all to the very similar ones. */
const THRESHOLDS = [0, 0.7, 0.75, 0.8, 0.85, 0.9];

/** Generated pairs that differ in one fact or in words only: what the embedder, the guards and both together would serve. */
export async function adversarialFigures(
  embed: (texts: readonly string[]) => Promise<Float32Array[]>,
  seed: number,
): Promise<{ section: Section; goals: Goal[] }> {
  const pairs: readonly JudgedPair[] = adversarialPairs(seed);
  const [left, right] = [await embed(pairs.map(({ a }) => a)), await embed(pairs.map(({ b }) => b))];
  const near = (threshold: number): JudgedPair[] =>
    pairs.filter((_, i) => cosine(left[i] ?? EMPTY, right[i] ?? EMPTY) >= threshold);
  const [same, other] = [1, 0].map((kind) => pairs.filter((pair) => pair.same === kind).length);
  const shares = THRESHOLDS.map((threshold) => {
    const found = near(threshold);
    const alone = [1, 0].map((kind) => found.filter((pair) => pair.same === kind).length);
    const [all] = guardFigures(found);
    const passed = [(all?.trueAccept ?? 0) * (all?.samePairs ?? 0), (all?.falseAccept ?? 0) * (all?.otherPairs ?? 0)];
    const [trueAlone = 0, falseAlone = 0, trueHits = 0, falseHits = 0] = [...alone, ...passed].map(
      (count, i) => count / ((i % 2 === 0 ? same : other) ?? 1),
    );
    return { threshold, trueAlone, falseAlone, trueHits, falseHits };
  });
  const best = shares.filter(({ trueHits }) => trueHits >= MIN_TRUE).at(-1) ?? shares[0];
  return {
    section: {
      title: `Adversarial pairs: ${same} with the same answer, ${other} with another`,
      notes: ['Shares that would be served from a similarity on, by the built-in embedder alone and with the guards.'],
      table: [
        ['from', 'true, embedder', 'false, embedder', 'true, guards', 'false, guards'],
        ...shares.map((row) => [
          row.threshold.toFixed(2),
          ...[row.trueAlone, row.falseAlone, row.trueHits, row.falseHits].map(percent),
        ]),
      ],
    },
    goals: [
      {
        name: `adversarial, from ${best?.threshold}: true hits`,
        value: best?.trueHits ?? 0,
        wanted: MIN_TRUE,
        better: 'higher',
      },
      {
        name: `adversarial, from ${best?.threshold}: false hits`,
        value: best?.falseHits ?? 1,
        wanted: MAX_FALSE,
        better: 'lower',
      },
    ],
  };
}

const EMPTY = new Float32Array(0);
