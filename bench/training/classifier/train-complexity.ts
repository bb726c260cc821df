import { instructionView, type FeatureOptions, type LinearArtifact } from '@relay/prompt';
import { trainLinear } from '../train-linear';
import type { Labelled } from './labelled';

/** One head: small, and with no more features than its rows can fill. */
const FEATURES: FeatureOptions = { wordBits: 14, characterBits: 13, minCharacters: 3, maxCharacters: 5 };

/** Trains the share of models that fail, 0..1, on the rows that tell. */
export function trainComplexity(rows: readonly Labelled[], seed: number): LinearArtifact {
  const rated = rows.filter(({ complexity }) => complexity !== null);
  return trainLinear(
    rated.map(({ text }) => instructionView(text)),
    Float32Array.from(rated, ({ complexity }) => complexity ?? Number.NaN),
    {
      features: FEATURES,
      heads: ['complexity'],
      link: 'logistic',
      epochs: 5,
      rate: 0.1,
      l2: 1e-3,
      seed,
      info: { rows: rated.length, seed },
    },
  );
}
