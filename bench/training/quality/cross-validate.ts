import { QualityModel } from '@relay/prompt';
import { foldsOf } from '../folds';
import { trainQuality, type EvaluatedPrompt } from './train-quality';

const FOLDS = 5;
const SEED = 1;

export interface Validation {
  readonly chosen: number; // mean score of the model that was predicted best, by models that had not seen the prompt
  readonly bestSingle: number;
  readonly oracle: number;
}

/** Mean scores over all rows; where a model was not evaluated it cannot be chosen. */
export function crossValidate(rows: readonly EvaluatedPrompt[], folds = FOLDS): Validation {
  const predictions = foldPredictions(rows, folds, SEED);
  let [chosen, oracle] = [0, 0];
  for (const [i, { scores }] of rows.entries()) {
    chosen += bestOf(scores, (model) => predictions[i]?.get(model) ?? 0);
    oracle += bestOf(scores, (model) => scores[model] ?? 0);
  }
  const means = meanByModel(rows);
  const single = rows.reduce((sum, { scores }) => sum + bestOf(scores, (model) => means.get(model) ?? 0), 0);
  return { chosen: chosen / rows.length, bestSingle: single / rows.length, oracle: oracle / rows.length };
}

/** What a model trained on the other folds predicts for each row. Rows with the same prompt are in one fold. */
export function foldPredictions(
  rows: readonly EvaluatedPrompt[],
  count: number,
  seed: number,
): ReadonlyMap<string, number>[] {
  const folds = foldsOf(
    rows.map(({ prompt }) => prompt),
    count,
    seed,
  );
  const predictions: ReadonlyMap<string, number>[] = [];
  for (let fold = 0; fold < count; fold++) {
    const model = QualityModel.parse(JSON.stringify(trainQuality(rows.filter((_, i) => folds[i] !== fold))));
    if (!model.ok) throw new Error(`a trained model cannot be read: ${model.error}`);
    for (const [i, { prompt }] of rows.entries()) if (folds[i] === fold) predictions[i] = model.value.predict(prompt);
  }
  return predictions;
}

/** Score of the model that is rated highest among those with a score. */
function bestOf(scores: Readonly<Record<string, number>>, rating: (model: string) => number): number {
  let [best, score] = [-Infinity, 0];
  for (const [model, value] of Object.entries(scores)) {
    if (rating(model) <= best) continue;
    best = rating(model);
    score = value;
  }
  return score;
}

function meanByModel(rows: readonly EvaluatedPrompt[]): Map<string, number> {
  const sums = new Map<string, { sum: number; count: number }>();
  for (const { scores } of rows)
    for (const [model, score] of Object.entries(scores)) {
      const { sum, count } = sums.get(model) ?? { sum: 0, count: 0 };
      sums.set(model, { sum: sum + score, count: count + 1 });
    }
  return new Map([...sums].map(([model, { sum, count }]) => [model, sum / count]));
}
