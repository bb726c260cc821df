import { digestOf, featureCount, IDF_STEP, type FeatureOptions, type LinearArtifact } from '@relay/prompt';
import { ridge, type RidgeOptions } from './ridge';
import { descend, type Link, type SgdOptions, type Weights } from './sgd';
import { inverseDocumentFrequencies, sparseRows, type SparseRows } from './sparse-rows';

interface ModelOptions {
  readonly features: FeatureOptions;
  readonly heads: readonly string[];
  readonly info: LinearArtifact['info'];
}

export interface TrainOptions extends ModelOptions, SgdOptions {}
export interface TrainRidgeOptions extends ModelOptions, RidgeOptions {}

/**
 * Trains a linear model by gradient descent. `targets`: by text, then head; NaN where a text says nothing about a head. Same input
 * and seed, same artifact.
 */
export function trainLinear(texts: readonly string[], targets: Float32Array, options: TrainOptions): LinearArtifact {
  const { features, heads, link } = options;
  const { rows, idf } = weighted(texts, features);
  return toArtifact(descend(rows, targets, heads.length, featureCount(features), options), idf, link, options);
}

/** As {@link trainLinear}, by ridge regression: the least squared error, without a step size to choose. */
export function trainRidge(
  texts: readonly string[],
  targets: Float32Array,
  options: TrainRidgeOptions,
): LinearArtifact {
  const { features, heads } = options;
  const { rows, idf } = weighted(texts, features);
  return toArtifact(ridge(rows, targets, heads.length, featureCount(features), options), idf, 'identity', options);
}

function weighted(texts: readonly string[], features: FeatureOptions): { rows: SparseRows; idf: Uint8Array } {
  const idf = inverseDocumentFrequencies(sparseRows(texts, features, null), features);
  const weights = Float32Array.from(idf, (level) => level * IDF_STEP);
  return { rows: sparseRows(texts, features, weights), idf };
}

/** Rounds the weights to int8, each head by its own scale. */
function toArtifact({ weights, bias }: Weights, idf: Uint8Array, link: Link, options: ModelOptions): LinearArtifact {
  const { features, heads, info } = options;
  const largest = new Float64Array(heads.length);
  for (let i = 0; i < weights.length; i++) {
    const h = i % heads.length;
    largest[h] = Math.max(largest[h] ?? 0, Math.abs(weights[i] ?? 0));
  }
  const scales = Array.from(largest, (value) => value / 127 || 1);
  const bytes = Int8Array.from(weights, (weight, i) => Math.round(weight / (scales[i % heads.length] ?? 1)));
  const artifact: LinearArtifact = {
    format: 'relay-linear-1',
    features,
    link,
    heads: [...heads],
    bias: [...bias],
    scales,
    weights: Buffer.from(bytes.buffer).toString('base64'),
    idf: Buffer.from(idf).toString('base64'),
    info,
    digest: '',
  };
  return { ...artifact, digest: digestOf(artifact) };
}
