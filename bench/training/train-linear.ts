import { digestOf, featureCount, IDF_STEP, type FeatureOptions, type LinearArtifact } from '@relay/prompt';
import { descend, type Link, type SgdOptions, type Weights } from './sgd';
import { inverseDocumentFrequencies, sparseRows, type SparseRows } from './sparse-rows';

export interface ModelOptions {
  readonly features: FeatureOptions;
  readonly heads: readonly string[];
  readonly info: LinearArtifact['info'];
}

export interface TrainOptions extends ModelOptions, SgdOptions {}

/**
 * Trains a linear model by gradient descent. `targets`: by text, then head; NaN where a text says nothing about a head. Same input
 * and seed, same artifact.
 */
export function trainLinear(texts: readonly string[], targets: Float32Array, options: TrainOptions): LinearArtifact {
  const { features, heads, link } = options;
  const { rows, idf } = weighted(texts, features);
  return toArtifact(descend(rows, targets, heads.length, featureCount(features), options), idf, link, options);
}

/** Features of texts, weighted by how rare each is among them. */
export function weighted(texts: readonly string[], features: FeatureOptions): { rows: SparseRows; idf: Uint8Array } {
  const idf = inverseDocumentFrequencies(sparseRows(texts, features, null), features);
  const weights = Float32Array.from(idf, (level) => level * IDF_STEP);
  return { rows: sparseRows(texts, features, weights), idf };
}

/** Rounds the weights to int8, each head by its own scale. */
export function toArtifact(
  { weights, bias }: Weights,
  idf: Uint8Array,
  link: Link,
  options: ModelOptions,
): LinearArtifact {
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
