import { IDF_STEP, type LinearArtifact } from './artifact';
import { Featuriser, type SparseVector } from './featuriser';

/** Scores a text for each head (a class, a model, a quantity): a weighted sum of its features, then the link function. */
export class LinearModel {
  readonly heads: readonly string[];
  private readonly featuriser: Featuriser;
  private readonly weights: Int8Array; // by feature, then head
  private readonly sums: Float64Array;

  /** `artifact`: checked by `parseArtifact`. */
  constructor(private readonly artifact: LinearArtifact) {
    this.heads = artifact.heads;
    this.featuriser = new Featuriser(artifact.features, artifact.idf === null ? null : idfOf(artifact.idf));
    const bytes = Buffer.from(artifact.weights, 'base64');
    this.weights = new Int8Array(bytes.buffer, bytes.byteOffset, bytes.length);
    this.sums = new Float64Array(this.heads.length);
  }

  /** Digest of what the model was loaded from. */
  get digest(): string {
    return this.artifact.digest;
  }

  /** One score a head, in their order: 0..1 for logistic, a distribution for softmax. The same array at every call. */
  scores(text: string): Float64Array {
    return this.scoresOf(this.features(text));
  }

  /** The features of a text as this model sees them. The same object at every call. */
  features(text: string): SparseVector {
    return this.featuriser.featurise(text);
  }

  /** As {@link scores}, of features that are known already. */
  scoresOf(features: SparseVector): Float64Array {
    this.addUp(features);
    const { bias, scales, link } = this.artifact;
    const { sums } = this;
    for (let head = 0; head < sums.length; head++) {
      const sum = (sums[head] ?? 0) * (scales[head] ?? 0) + (bias[head] ?? 0);
      sums[head] = link === 'logistic' ? 1 / (1 + Math.exp(-sum)) : sum;
    }
    if (link === 'softmax') softmax(sums);
    return sums;
  }

  private addUp({ indices, values, size }: SparseVector): void {
    const { sums, weights } = this;
    const heads = sums.length;
    sums.fill(0);
    for (let i = 0; i < size; i++) {
      const value = values[i] ?? 0;
      const row = (indices[i] ?? 0) * heads;
      for (let head = 0; head < heads; head++) sums[head] = (sums[head] ?? 0) + value * (weights[row + head] ?? 0);
    }
  }
}

function idfOf(text: string): Float32Array {
  return Float32Array.from(Buffer.from(text, 'base64'), (level) => level * IDF_STEP);
}

/** Turns scores into probabilities, in place. */
export function softmax(scores: Float64Array): void {
  let largest = -Infinity;
  for (const score of scores) largest = Math.max(largest, score);
  let sum = 0;
  for (let i = 0; i < scores.length; i++) sum += scores[i] = Math.exp((scores[i] ?? 0) - largest);
  for (let i = 0; i < scores.length; i++) scores[i] = (scores[i] ?? 0) / sum;
}
