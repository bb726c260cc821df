import { QualityModel } from '@relay/prompt';
import { trainQuality } from '../../training/quality/train-quality';
import { groupsOf } from './capabilities';
import { NearestTexts } from './knn';
import { meanScores } from './mean-scores';
import type { RoutingRow } from './routing-table';
import type { Expected } from './serving';

/** What is expected of each model for each row that is asked for, after the train rows were seen. */
export type Predictor = (
  train: readonly RoutingRow[],
  asked: readonly RoutingRow[],
  models: readonly string[],
) => Expected[];

const NEIGHBOURS = 100;

export const PREDICTORS = {
  'task prior (labels)': (train, asked, models) => {
    const overall = meanScores(train);
    const groups = groupsOf(train, ({ label }) => label ?? '');
    const table = new Map([...groups].map(([label, rows]) => [label, meanScores(rows, overall)]));
    return asked.map(({ label }) => named(models, table.get(label ?? '') ?? overall));
  },
  'capability table by task and complexity': (_train, asked) => asked.map(() => null),
  kNN: (train, asked, models) => {
    const index = new NearestTexts(train.map(({ prompt }) => prompt));
    const near = index.nearest(
      asked.map(({ prompt }) => prompt),
      NEIGHBOURS,
    );
    return near.map((rows) => named(models, meanScores(rows.flatMap((row) => train[row] ?? []))));
  },
  'learned quality model': (train, asked, models) => {
    const evaluated = train.map(({ prompt, scores }) => ({
      prompt,
      scores: Object.fromEntries(models.map((model, i) => [model, scores[i] ?? 0])),
    }));
    const model = QualityModel.parse(JSON.stringify(trainQuality(evaluated)));
    if (!model.ok) throw new Error(`a trained model cannot be read: ${model.error}`);
    return asked.map(({ prompt }) => model.value.predict(prompt));
  },
  oracle: (_train, asked, models) => asked.map(({ scores }) => named(models, scores)),
} as const satisfies Record<string, Predictor>;

export type PredictorName = keyof typeof PREDICTORS;

const named = (models: readonly string[], scores: readonly number[]): Expected =>
  new Map(models.map((model, i) => [model, scores[i] ?? 0]));
