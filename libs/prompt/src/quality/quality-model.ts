import { err, ok, type Result } from '@relay/core';
import type { FeatureOptions } from '../linear';
import { LinearModel, parseArtifact, type LinearArtifact } from '../linear';

/** `info.kind` of an artifact that predicts quality. */
export const QUALITY_KIND = 'quality';

/** Words and pairs of words. N-grams of characters did not lift the choice of a model, and make artifacts twice as large. */
export const QUALITY_FEATURES: FeatureOptions = { wordBits: 15, characterBits: 0, minCharacters: 3, maxCharacters: 5 };

/** Foretells from a prompt how well each model would answer it, as trained on the operator's own evaluations. */
export class QualityModel {
  readonly models: readonly string[];
  readonly digest: string; // SHA-256 (hex) of the artifact
  private readonly linear: LinearModel;

  private constructor(artifact: LinearArtifact) {
    this.linear = new LinearModel(artifact);
    this.models = artifact.heads;
    this.digest = artifact.digest;
  }

  /** Reads an artifact written by `npm run train -- quality`; the error is a line for a person. */
  static parse(json: string): Result<QualityModel, string> {
    const artifact = parseArtifact(json);
    if (!artifact.ok) return artifact;
    const { info, link } = artifact.value;
    if (info['kind'] !== QUALITY_KIND || link !== 'identity') return err('a model of another kind than quality');
    return ok(new QualityModel(artifact.value));
  }

  /** Expected score by model, 0..1; 1: answered as well as can be. `text`: the last message of the user. */
  predict(text: string): ReadonlyMap<string, number> {
    const scores = this.linear.scores(text);
    return new Map(this.models.map((model, head) => [model, Math.min(1, Math.max(0, scores[head] ?? 0))]));
  }
}
