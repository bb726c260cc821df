import {
  featureCount,
  formatOffset,
  LinearModel,
  QUALITY_FEATURES,
  qualityArtifact,
  writeForestInputs,
} from '@relay/prompt';
import { FORMAT_FLAGS, type LinearArtifact, type QualityArtifact } from '@relay/prompt';
import { growForest } from '../forest';
import { latentWeights } from '../latent';
import { ridge } from '../ridge';
import type { SparseRows } from '../sparse-rows';
import { toArtifact, weighted } from '../train-linear';

/** One evaluated prompt: how well each model answered it, 0..1. Models may be missing. */
export interface EvaluatedPrompt {
  readonly prompt: string;
  readonly scores: Readonly<Record<string, number>>;
}

// Found by cross-validation on two public tables of 5,600 prompts x 9 models and 7,600 x 2; all of them have wide optima.
const RIDGE = { alpha: 20, iterations: 15 };
const DIMENSIONS = 24;
const FOREST = { trees: 60, minLeaf: 20, tries: 25, seed: 1 };
const FOREST_SHARE = 0.6;
const SEED = 1;

/** Trains the artifact of a `QualityModel`; the models are those that occur in any row, in order of their names. */
export function trainQuality(evaluated: readonly EvaluatedPrompt[]): QualityArtifact {
  const models = [...new Set(evaluated.flatMap(({ scores }) => Object.keys(scores)))].sort();
  const texts = evaluated.map(({ prompt }) => prompt);
  const targets = targetsOf(evaluated, models);
  const { rows, idf } = weighted(texts, QUALITY_FEATURES);
  const linear = linearPart(rows, idf, targets, models);
  const inputs = forestInputs(texts, linear, models.length);
  const forest = growForest(inputs, withoutGaps(targets, linear.bias, models.length), models.length, FOREST);
  return qualityArtifact({ models, linear, forest, forestShare: FOREST_SHARE });
}

/** By row, then model; NaN where a model was not evaluated. */
function targetsOf(evaluated: readonly EvaluatedPrompt[], models: readonly string[]): Float32Array {
  const score = (scores: EvaluatedPrompt['scores'], model: string): number =>
    Object.hasOwn(scores, model) ? (scores[model] ?? Number.NaN) : Number.NaN;
  return Float32Array.from(evaluated.flatMap(({ scores }) => models.map((model) => score(scores, model))));
}

/** A head for each model, then one for each latent dimension. */
function linearPart(
  rows: SparseRows,
  idf: Uint8Array,
  targets: Float32Array,
  models: readonly string[],
): LinearArtifact {
  const features = featureCount(QUALITY_FEATURES);
  const scores = ridge(rows, targets, models.length, features, RIDGE);
  const latent = latentWeights(rows, features, formatOffset(QUALITY_FEATURES), DIMENSIONS, SEED);
  const heads = [...models, ...Array.from({ length: DIMENSIONS }, (_, i) => `latent ${i}`)];
  const weights = new Float32Array(features * heads.length);
  for (let feature = 0; feature < features; feature++) {
    const at = feature * heads.length;
    weights.set(scores.weights.subarray(feature * models.length, (feature + 1) * models.length), at);
    weights.set(latent.subarray(feature * DIMENSIONS, (feature + 1) * DIMENSIONS), at + models.length);
  }
  const bias = new Float64Array(heads.length);
  bias.set(scores.bias);
  return toArtifact({ weights, bias }, idf, 'identity', {
    features: QUALITY_FEATURES,
    heads,
    info: { prompts: rows.starts.length - 1 },
  });
}

/** What the forest will be asked with when it serves: through the rounded weights of the artifact. */
function forestInputs(texts: readonly string[], artifact: LinearArtifact, models: number): Float64Array {
  const linear = new LinearModel(artifact);
  const count = DIMENSIONS + FORMAT_FLAGS;
  const inputs = new Float64Array(texts.length * count);
  for (const [row, text] of texts.entries()) {
    const features = linear.features(text);
    const latent = linear.scoresOf(features).subarray(models);
    writeForestInputs(
      latent,
      features,
      formatOffset(QUALITY_FEATURES),
      inputs.subarray(row * count, (row + 1) * count),
    );
  }
  return inputs;
}

/** Each model's mean in place of scores that are missing. */
function withoutGaps(targets: Float32Array, means: readonly number[], models: number): Float64Array {
  return Float64Array.from(targets, (target, i) => (Number.isNaN(target) ? (means[i % models] ?? 0) : target));
}
