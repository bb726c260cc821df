import type { Goal, OfflineResult, OfflineScenario, Section } from '../offline-scenario';
import { evaluate, type AtEqualScore, type ContenderName, type Figures, type FoldFigures } from './evaluate';
import { SWEEPS, type SweepName } from './operating-points';
import { mmluGsm8k, nineModels, type RoutingTable } from './routing-table';

type Column = 'score' | 'usd' | 'area' | 'apgr';

const COLUMNS = {
  'score at any price': (fold) => fold.score,
  'USD/1k': (fold) => fold.usd,
  area: (fold) => fold.area,
  APGR: (fold) => fold.apgr,
} as const satisfies Record<string, (fold: FoldFigures) => FoldFigures[Column]>;

const EQUAL_COLUMNS = {
  'saved, set beforehand': ({ saved }) => saved,
  'score gained there': ({ gained }) => gained,
  'saved, with hindsight': ({ savedInHindsight }) => savedInHindsight,
} as const satisfies Record<string, (equal: AtEqualScore) => number>;

const NOTES = [
  'Every choice is made by the policy engine that serves, on a configuration with these models and prices. Five-fold cross-validation, equal prompts in one fold: mean ± standard deviation ' +
    'of the folds. *score at any price*: of strategy `content`. *area*: of strategy `hybrid` at all its weights, mean score over all budgets from always the cheapest to always the strongest ' +
    '(the best single model of the training folds). *APGR*: share of the gap between these two that is recovered, averaged over the share of requests that go to the strongest.',
  'Prices are list prices as remembered of the time (prices.ts), lengths of prompts are estimated and those of answers assumed (routing-table.ts): the data does not tell them.',
];

const EQUAL_NOTES = [
  'Share of the cost of always the strongest that is saved at its score. *set beforehand*: the weight of cost (hybrid) or the floor of quality (cost) is the cheapest that reached the ' +
    "strongest's score on one of the training folds, with a model of quality that had not seen that one; *score gained there* is what came of it on the fold measured. *with hindsight*: " +
    "read off the measured fold's own curve, which nobody can do who serves.",
];

/** Quality, cost and what lies between, for each way to choose a model. */
export const routing: OfflineScenario = {
  summary: 'which model for which prompt: score against dollars of each way to choose, cross-validated',
  async run({ data, seed, say }): Promise<OfflineResult> {
    const [nine, pair] = [await nineModels(data), await mmluGsm8k(data)];
    const [nineFigures, pairFigures] = [evaluate(nine, seed, say), evaluate(pair, seed, say)];
    return {
      sections: [
        ...[overview(nine, nineFigures, NOTES), atEqualScore(nine, nineFigures, EQUAL_NOTES)],
        ...[overview(pair, pairFigures, []), atEqualScore(pair, pairFigures, [])],
      ],
      goals: goalsOf(nineFigures, pairFigures),
      details: { nineModels: Object.fromEntries(nineFigures), mmluGsm8k: Object.fromEntries(pairFigures) },
    };
  },
};

function overview({ title, rows }: RoutingTable, figures: Figures, notes: readonly string[]): Section {
  const lines = [...figures].map(([name, folds]) => [name, ...Object.values(COLUMNS).map((of) => cell(folds.map(of)))]);
  return { title: `${title}: ${rows.length} prompts`, notes, table: [['', ...Object.keys(COLUMNS)], ...lines] };
}

function atEqualScore({ title }: RoutingTable, figures: Figures, notes: readonly string[]): Section {
  const lines = [...figures].flatMap(([name, folds]) =>
    (Object.keys(SWEEPS) as SweepName[]).flatMap((sweep) => {
      const found = folds.flatMap(({ equal }) => equal?.[sweep] ?? []);
      return found.length === 0
        ? []
        : [[`${name}, ${sweep}`, ...Object.values(EQUAL_COLUMNS).map((of) => cell(found.map(of)))]];
    }),
  );
  return {
    title: `${title}: at the score of the strongest`,
    notes,
    table: [['', ...Object.keys(EQUAL_COLUMNS)], ...lines],
  };
}

function cell(values: readonly number[]): string {
  if (values.some(Number.isNaN)) return '-';
  const middle = mean(values);
  const deviation = Math.sqrt(mean(values.map((value) => (value - middle) ** 2)));
  return `${middle.toFixed(3)} ± ${deviation.toFixed(3)}`;
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

function goalsOf(nine: Figures, pair: Figures): Goal[] {
  const figure = (figures: Figures, name: ContenderName, column: Column): number =>
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
    ...equalGoals('nine models', nine.get(learned) ?? []),
    ...equalGoals('pair', pair.get(learned) ?? []),
  ];
}

/** Of strategy `hybrid`, its weight set beforehand. */
function equalGoals(title: string, folds: readonly FoldFigures[]): Goal[] {
  const found = folds.flatMap(({ equal }) => equal?.hybrid ?? []);
  return [
    {
      name: `${title}: share of the cost saved at the score of always the strongest, weight set beforehand`,
      value: mean(found.map(({ saved }) => saved)),
      wanted: 0.4,
      better: 'higher',
    },
    {
      name: `${title}: score gained there`,
      value: mean(found.map(({ gained }) => gained)),
      wanted: 0,
      better: 'higher',
    },
  ];
}
