import { ok, type Result } from '@relay/core';
import { FORMAT_FLAGS, formatOffset, LinearModel, type FeatureOptions, type SparseVector } from '../linear';
import { addForest } from './forest';
import { parseQuality, type QualityParts } from './quality-artifact';

/** Words and pairs of words. N-grams of characters did not lift the choice of a model, and make artifacts twice as large. */
export const QUALITY_FEATURES: FeatureOptions = { wordBits: 15, characterBits: 0, minCharacters: 3, maxCharacters: 5 };

/**
 * Foretells from a prompt how well each model would answer it, as trained on the operator's own evaluations: a ridge regression on
 * words for what single words tell, mixed with a forest on what the prompt is about (latent dimensions of its words) and how it looks.
 */
export class QualityModel {
  readonly models: readonly string[];
  readonly digest: string; // SHA-256 (hex) of the artifact
  private readonly linear: LinearModel;
  private readonly firstFlag: number;
  private readonly inputs: Float64Array; // of the forest: latent dimensions, then format flags
  private readonly sums: Float64Array;

  private constructor(private readonly parts: QualityParts) {
    this.models = parts.models;
    this.digest = parts.digest;
    this.linear = new LinearModel(parts.linear);
    this.firstFlag = formatOffset(parts.linear.features);
    this.inputs = new Float64Array(parts.linear.heads.length - this.models.length + FORMAT_FLAGS);
    this.sums = new Float64Array(this.models.length);
  }

  /** Reads an artifact written by `npm run train -- quality`; the error is a line for a person. */
  static parse(json: string): Result<QualityModel, string> {
    const parts = parseQuality(json);
    return parts.ok ? ok(new QualityModel(parts.value)) : parts;
  }

  /** Expected score by model, 0..1; 1: answered as well as can be. `text`: the last message of the user. */
  predict(text: string): ReadonlyMap<string, number> {
    const { sums, parts } = this;
    const features = this.linear.features(text);
    const scores = this.linear.scoresOf(features);
    writeForestInputs(scores.subarray(sums.length), features, this.firstFlag, this.inputs);
    for (let i = 0; i < sums.length; i++) sums[i] = (1 - parts.forestShare) * (scores[i] ?? 0);
    addForest(parts.forest, this.inputs, parts.forestShare, sums);
    return new Map(this.models.map((model, i) => [model, Math.min(1, Math.max(0, sums[i] ?? 0))]));
  }
}

/** Latent dimensions, then 1 for each format flag that is set. */
export function writeForestInputs(
  latent: Float64Array,
  { indices, size }: SparseVector,
  firstFlag: number,
  inputs: Float64Array,
): void {
  inputs.fill(0);
  inputs.set(latent);
  for (let i = size - 1; i >= 0 && (indices[i] ?? 0) >= firstFlag; i--)
    inputs[latent.length + (indices[i] ?? 0) - firstFlag] = 1;
}
