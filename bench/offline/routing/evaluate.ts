import { foldsOf } from '../../training/folds';
import { apgr } from './apgr';
import { areaUnder, costOf, curveOf, pointAt, scoresBetween, type Point, type Routable } from './curve';
import { PREDICTORS, type Predictor, type PredictorName } from './predictors';
import type { RoutingRow, RoutingTable } from './routing-table';

/** What one strategy reached in one fold. */
export interface FoldFigures {
  readonly score: number; // of the model expected best, at any price
  readonly usd: number; // for 1,000 requests, then
  readonly area: number; // mean score over the costs from always the cheapest to always the strongest
  readonly apgr: number; // between these two
  readonly saved: number; // share of the strongest's cost, at its score
  readonly byBudget: readonly number[]; // score at 0, 10, ... 100% of the way from the cheapest's to the strongest's cost
}

export type Figures = ReadonlyMap<PredictorName | 'always cheapest' | 'always strongest' | 'random mix', FoldFigures[]>;

const FOLDS = 5;
const BUDGET_STEPS = 10;

/** Every strategy on every fold; trained on the other folds, where equal prompts are in one fold. */
export function evaluate(table: RoutingTable, seed: number, say: (line: string) => void): Figures {
  const figures = new Map<string, FoldFigures[]>();
  const folds = foldsOf(
    table.rows.map(({ prompt }) => prompt),
    FOLDS,
    seed,
  );
  for (let fold = 0; fold < FOLDS; fold++) {
    say(`${table.title}: fold ${fold + 1} of ${FOLDS}`);
    const train = table.rows.filter((_, i) => folds[i] !== fold);
    const test = table.rows.filter((_, i) => folds[i] === fold);
    for (const [name, found] of foldFigures(table, train, test))
      figures.set(name, [...(figures.get(name) ?? []), found]);
  }
  return figures as Figures;
}

function foldFigures(table: RoutingTable, train: RoutingRow[], test: RoutingRow[]): Map<string, FoldFigures> {
  const found = new Map<string, FoldFigures>();
  const means = PREDICTORS['best single'](train, test)[0] ?? [];
  const [weak, strong] = [table.cheap, means.indexOf(Math.max(...means))];
  const gain = test.map(({ scores }) => (scores[strong] ?? 0) - (scores[weak] ?? 0));
  const [cheapest, strongest] = [always(test, weak), always(test, strong)];
  const figuresOf = (curve: readonly Point[], best: Point, recovered: number): FoldFigures => ({
    ...best,
    area: areaUnder(curve, cheapest.usd, strongest.usd),
    apgr: recovered,
    saved: 1 - costOf(curve, strongest.score) / strongest.usd,
    byBudget: scoresBetween(curve, cheapest.usd, strongest.usd, BUDGET_STEPS),
  });
  const line = [cheapest, strongest];
  found.set('always cheapest', figuresOf([cheapest], cheapest, Number.NaN));
  found.set('always strongest', figuresOf([strongest], strongest, Number.NaN));
  found.set('random mix', figuresOf(line, midpoint(cheapest, strongest), 0.5));
  for (const [name, predict] of Object.entries(PREDICTORS) as [PredictorName, Predictor][]) {
    if (name === 'best single' || (name === 'task prior (labels)' && test[0]?.label === null)) continue;
    const expected = predict(train, test, table.models);
    const routable: Routable = {
      expected,
      scores: test.map(({ scores }) => scores),
      usd: test.map(({ usd }) => usd),
    };
    const margins = expected.map((ratings) => (ratings[strong] ?? 0) - (ratings[weak] ?? 0));
    const curve = curveOf(routable, line); // both ends are always to be had
    found.set(name, figuresOf(curve, pointAt(routable, 0), apgr(margins, gain)));
  }
  return found;
}

function always(rows: readonly RoutingRow[], model: number): Point {
  const expected = rows.map(({ scores }) => scores.map((_, m) => (m === model ? 1 : 0)));
  return pointAt({ expected, scores: rows.map(({ scores }) => scores), usd: rows.map(({ usd }) => usd) }, 0);
}

const midpoint = (a: Point, b: Point): Point => ({ usd: (a.usd + b.usd) / 2, score: (a.score + b.score) / 2 });
