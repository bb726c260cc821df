import { PromptClassifier, QualityModel } from '@relay/prompt';
import { trainQuality } from '../../training/quality/train-quality';
import { NearestTexts } from './knn';
import type { RoutingRow } from './routing-table';

/** What a strategy expects of each model, by test row then model, after it has seen the train rows. */
export type Predictor = (
  train: readonly RoutingRow[],
  test: readonly RoutingRow[],
  models: readonly string[],
) => number[][];

const classifier = new PromptClassifier();

const NEIGHBOURS = 100;
const PRIOR_ROWS = 20; // of the mean over all tasks, added to each task

export const PREDICTORS = {
  'best single': (train, test) => test.map(() => meanScores(train)),
  'task prior (labels)': (train, test) => byGroup(train, test, ({ label }) => label ?? ''),
  'capability table by predicted task': (train, test) => {
    return byGroup(train, test, ({ prompt }) => classifier.task({ system: '', user: prompt, last: prompt }));
  },
  kNN: (train, test) => {
    const index = new NearestTexts(train.map(({ prompt }) => prompt));
    const near = index.nearest(
      test.map(({ prompt }) => prompt),
      NEIGHBOURS,
    );
    return near.map((rows) => meanScores(rows.flatMap((row) => train[row] ?? [])));
  },
  'learned quality model': (train, test, models) => {
    const evaluated = train.map(({ prompt, scores }) => ({
      prompt,
      scores: Object.fromEntries(models.map((model, i) => [model, scores[i] ?? 0])),
    }));
    const model = QualityModel.parse(JSON.stringify(trainQuality(evaluated)));
    if (!model.ok) throw new Error(`a trained model cannot be read: ${model.error}`);
    return test.map(({ prompt }) => {
      const expected = model.value.predict(prompt);
      return models.map((name) => expected.get(name) ?? 0);
    });
  },
  oracle: (_train, test) => test.map(({ scores }) => [...scores]),
} as const satisfies Record<string, Predictor>;

export type PredictorName = keyof typeof PREDICTORS;

/** Mean scores of the rows of the same group. */
function byGroup(
  train: readonly RoutingRow[],
  test: readonly RoutingRow[],
  groupOf: (row: RoutingRow) => string,
): number[][] {
  const overall = meanScores(train);
  const groups = new Map<string, RoutingRow[]>();
  for (const row of train) {
    const group = groups.get(groupOf(row));
    if (group) group.push(row);
    else groups.set(groupOf(row), [row]);
  }
  const table = new Map([...groups].map(([group, rows]) => [group, meanScores(rows, overall)]));
  return test.map((row) => table.get(groupOf(row)) ?? overall);
}

/** Mean score of each model; `prior` counts as some rows more. */
function meanScores(rows: readonly RoutingRow[], prior?: readonly number[]): number[] {
  const count = rows.length + (prior ? PRIOR_ROWS : 0);
  const sums = (rows[0]?.scores ?? prior ?? []).map((_, model) => (prior?.[model] ?? 0) * PRIOR_ROWS);
  for (const { scores } of rows)
    for (const [model, score] of scores.entries()) sums[model] = (sums[model] ?? 0) + score;
  return sums.map((sum) => sum / count);
}
