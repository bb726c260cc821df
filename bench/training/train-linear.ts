import { digestOf, featureCount, IDF_STEP, type FeatureOptions, type LinearArtifact } from '@relay/prompt';
import { descend, type SgdOptions, type Weights } from './sgd';
import { inverseDocumentFrequencies, sparseRows } from './sparse-rows';

export interface TrainOptions extends SgdOptions {
  readonly features: FeatureOptions;
  readonly heads: readonly string[];
  readonly info: LinearArtifact['info'];
}

/**
 * Trains a linear model. `targets`: by text, then head; NaN where a text says nothing about a head. Same input and seed, same
 * artifact.
 */
export function trainLinear(texts: readonly string[], targets: Float32Array, options: TrainOptions): LinearArtifact {
  const { features, heads } = options;
  const idf = inverseDocumentFrequencies(sparseRows(texts, features, null), features);
  const rows = sparseRows(
    texts,
    features,
    Float32Array.from(idf, (level) => level * IDF_STEP),
  );
  return toArtifact(descend(rows, targets, heads.length, featureCount(features), options), idf, options);
}

/** Rounds the weights to int8, each head by its own scale. */
function toArtifact({ weights, bias }: Weights, idf: Uint8Array, options: TrainOptions): LinearArtifact {
  const { features, heads, link, info } = options;
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
