import { QUALITY_FEATURES, QUALITY_KIND, type LinearArtifact } from '@relay/prompt';
import { trainRidge } from '../train-linear';

/** One evaluated prompt: how well each model answered it, 0..1. Models may be missing. */
export interface EvaluatedPrompt {
  readonly prompt: string;
  readonly scores: Readonly<Record<string, number>>;
}

/** Found by cross-validation on two public tables of 5,600 prompts x 9 models and 7,600 x 2; flat from 10 to 40. */
const ALPHA = 20;
const ITERATIONS = 15;

/** Trains the artifact of a `QualityModel`; the models are those that occur in any row, in order of their names. */
export function trainQuality(rows: readonly EvaluatedPrompt[]): LinearArtifact {
  const models = [...new Set(rows.flatMap(({ scores }) => Object.keys(scores)))].sort();
  const targets = Float32Array.from(
    rows.flatMap(({ scores }) => models.map((model) => (Object.hasOwn(scores, model) ? (scores[model] ?? NaN) : NaN))),
  );
  return trainRidge(
    rows.map(({ prompt }) => prompt),
    targets,
    {
      features: QUALITY_FEATURES,
      heads: models,
      alpha: ALPHA,
      iterations: ITERATIONS,
      info: { kind: QUALITY_KIND, prompts: rows.length },
    },
  );
}
