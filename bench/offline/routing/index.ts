import type { Goal, OfflineResult, OfflineScenario, Section } from '../offline-scenario';
import { evaluate, type Figures, type FoldFigures } from './evaluate';
import { mmluGsm8k, nineModels, type RoutingTable } from './routing-table';

type Column = Exclude<keyof FoldFigures, 'byBudget'>;

const COLUMNS: readonly { readonly title: string; readonly of: Column; readonly digits: number }[] = [
  { title: 'score at any price', of: 'score', digits: 3 },
  { title: 'USD/1k', of: 'usd', digits: 3 },
  { title: 'area', of: 'area', digits: 3 },
  { title: 'APGR', of: 'apgr', digits: 3 },
  { title: 'saved at equal score', of: 'saved', digits: 3 },
];

const NOTES = [
  'Five-fold cross-validation, equal prompts in one fold: mean ± standard deviation of the folds. *score at any price*: mean score of the model expected best. *area*: mean score over all ' +
    'budgets from always the cheapest to always the strongest (the best single model of the training folds). *APGR*: share of the gap between these two that is recovered, averaged over the share of requests ' +
    "that go to the strongest. *saved at equal score*: of the cost of always the strongest, at its score. The operating point is read off the test fold's own curve.",
  'Prices are public list prices; lengths of answers are assumed (see routing-table.ts), since the data does not tell them.',
];

/** Quality, cost and what lies between, for each way to choose a model. */
export const routing: OfflineScenario = {
  summary: 'which model for which prompt: score against dollars of each way to choose, cross-validated',
  async run({ data, seed, say }): Promise<OfflineResult> {
    const [nine, pair] = [await nineModels(data), await mmluGsm8k(data)];
    const [nineFigures, pairFigures] = [evaluate(nine, seed, say), evaluate(pair, seed, say)];
    return {
      sections: [section(nine, nineFigures, NOTES), section(pair, pairFigures, [])],
      goals: goalsOf(nineFigures, pairFigures),
      details: { nineModels: Object.fromEntries(nineFigures), mmluGsm8k: Object.fromEntries(pairFigures) },
    };
  },
};

function section(table: RoutingTable, figures: Figures, notes: readonly string[]): Section {
  const rows = [...figures].map(([name, folds]) => [name, ...COLUMNS.map(({ of, digits }) => cell(folds, of, digits))]);
  return {
    title: `${table.title}: ${table.rows.length} prompts`,
    notes,
    table: [['', ...COLUMNS.map(({ title }) => title)], ...rows],
  };
}

function cell(folds: readonly FoldFigures[], column: Column, digits: number): string {
  const values = folds.map((fold) => fold[column]);
  if (values.some(Number.isNaN)) return '-';
  const middle = mean(values);
  const deviation = Math.sqrt(mean(values.map((value) => (value - middle) ** 2)));
  return `${middle.toFixed(digits)} ± ${deviation.toFixed(digits)}`;
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

function goalsOf(nine: Figures, pair: Figures): Goal[] {
  const figure = (figures: Figures, name: Parameters<Figures['get']>[0], column: Column): number =>
    mean((figures.get(name) ?? []).map((fold) => fold[column]));
  const learned = 'learned quality model';
  return [
    {
      name: 'nine models: score gained over always the strongest',
      value: figure(nine, learned, 'score') - figure(nine, 'always strongest', 'score'),
      wanted: 0.042, // what the task's label gains on the set's own test part: .672 against .630
      better: 'higher',
    },
    {
      name: 'pair: APGR above that of the labelled task prior',
      value: figure(pair, learned, 'apgr') - figure(pair, 'task prior (labels)', 'apgr'),
      wanted: 0,
      better: 'higher',
    },
    ...(
      [
        ['nine models', nine],
        ['pair', pair],
      ] as const
    ).map(([title, figures]) => ({
      name: `${title}: share of the cost saved at the score of always the strongest`,
      value: figure(figures, learned, 'saved'),
      wanted: 0.4,
      better: 'higher' as const,
    })),
  ];
}
