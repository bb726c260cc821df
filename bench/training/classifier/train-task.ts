import { TASKS } from '@relay/contracts';
import { instructionView, type FeatureOptions, type LinearArtifact } from '@relay/prompt';
import { trainLinear } from '../train-linear';
import type { Labelled } from './labelled';

/** 11 heads: two blocks of 2^14 features keep the weights under 600 kB. */
const FEATURES: FeatureOptions = { wordBits: 14, characterBits: 14, minCharacters: 2, maxCharacters: 4 };

/** Trains the classifier of tasks on the rows that have one. */
export function trainTask(rows: readonly Labelled[], seed: number): LinearArtifact {
  const labelled = rows.filter(({ task }) => task !== null);
  const targets = new Float32Array(labelled.length * TASKS.length);
  for (const [i, { task }] of labelled.entries()) if (task) targets[i * TASKS.length + TASKS.indexOf(task)] = 1;
  return trainLinear(
    labelled.map(({ text }) => instructionView(text)),
    targets,
    {
      features: FEATURES,
      heads: TASKS,
      link: 'softmax',
      epochs: 6,
      rate: 0.2,
      l2: 5e-4,
      seed,
      info: { rows: labelled.length, seed },
    },
  );
}
