import { foldsOf } from '../../training/folds';
import { areaUnder, cheapestReaching, costOf, curveOf, scoresBetween, type Point } from './curve';
import { BEST, type SweepName } from './operating-points';
import { PREDICTORS, type Predictor, type PredictorName } from './predictors';
import type { RoutingRow, RoutingTable } from './routing-table';
import { Split } from './split';

/** What a strategy with a knob reached at the score of always the strongest. */
export interface AtEqualScore {
  /** Share of the strongest's cost saved at the position of the knob that was chosen on training rows. */
  readonly saved: number;
  /** Score there, less that of the strongest; both of the rows measured. */
  readonly gained: number;
  /** Share saved at the position that the measured rows themselves would have chosen, mixing neighbours: what hindsight gives. */
  readonly savedInHindsight: number;
}

/** What one way to choose reached in one fold. */
export interface FoldFigures {
  readonly score: number; // of the model expected best, at any price
  readonly usd: number; // for 1,000 requests, then
  readonly area: number; // of the hybrid strategy: mean score over the costs from always the cheapest to always the strongest
  readonly apgr: number; // between these two
  readonly byBudget: readonly number[]; // score at 0, 10, ... 100% of the way from the cheapest's to the strongest's cost
  readonly equal: Readonly<Record<SweepName, AtEqualScore>> | null; // null where there is no knob
}

export type ContenderName = PredictorName | 'always cheapest' | 'always strongest' | 'random mix';
export type Figures = ReadonlyMap<ContenderName, FoldFigures[]>;

const FOLDS = 5;
const BUDGET_STEPS = 10;

/** Every way to choose on every fold; trained on the other folds, where equal prompts are in one fold. */
export function evaluate(table: RoutingTable, seed: number, say: (line: string) => void): Figures {
  const figures = new Map<ContenderName, FoldFigures[]>();
  const prompts = table.rows.map(({ prompt }) => prompt);
  const folds = foldsOf(prompts, FOLDS, seed);
  const rowsIn = (wanted: (fold: number) => boolean): RoutingRow[] =>
    table.rows.filter((_, i) => wanted(folds[i] ?? -1));
  for (let fold = 0; fold < FOLDS; fold++) {
    say(`${table.title}: fold ${fold + 1} of ${FOLDS}`);
    const inner = (fold + 1) % FOLDS; // of the training folds, the one that knobs are set on
    const test = new Split(
      table,
      rowsIn((each) => each !== fold),
      rowsIn((each) => each === fold),
    );
    const tuning = new Split(
      table,
      rowsIn((each) => each !== fold && each !== inner),
      rowsIn((each) => each === inner),
    );
    for (const [name, found] of foldFigures(test, tuning)) figures.set(name, [...(figures.get(name) ?? []), found]);
  }
  return figures;
}

function foldFigures(test: Split, tuning: Split): Map<ContenderName, FoldFigures> {
  const { cheapest, strongest } = test;
  const line = [cheapest, strongest];
  const fixed = (points: readonly Point[], { usd, score }: Point, recovered: number): FoldFigures => ({
    ...{ usd, score, apgr: recovered, equal: null },
    ...onTheWay(points, cheapest, strongest),
  });
  const found = new Map<ContenderName, FoldFigures>([
    ['always cheapest', fixed([cheapest], cheapest, Number.NaN)],
    ['always strongest', fixed([strongest], strongest, Number.NaN)],
    ['random mix', fixed(line, midpoint(cheapest, strongest), 0.5)],
  ]);
  for (const [name, predict] of Object.entries(PREDICTORS) as [PredictorName, Predictor][]) {
    if (name === 'task prior (labels)' && test.asked[0]?.label === null) continue;
    const expected = test.expectedBy(predict);
    const before = tuning.sweeps(tuning.expectedBy(predict));
    const swept = test.sweeps(expected);
    const equal = (sweep: SweepName): AtEqualScore => equalScore(before[sweep], swept[sweep], tuning, test);
    found.set(name, {
      ...test.served(BEST, expected),
      ...onTheWay([...line, ...swept.hybrid], cheapest, strongest), // both ends are always to be had
      apgr: test.apgr(expected),
      equal: { hybrid: equal('hybrid'), cost: equal('cost') },
    });
  }
  return found;
}

function onTheWay(points: readonly Point[], cheapest: Point, strongest: Point): Pick<FoldFigures, 'area' | 'byBudget'> {
  const curve = curveOf(points);
  return {
    area: areaUnder(curve, cheapest.usd, strongest.usd),
    byBudget: scoresBetween(curve, cheapest.usd, strongest.usd, BUDGET_STEPS),
  };
}

/** `before` and `swept`: what each position of the knob gave on the tuning rows, and on those measured. */
function equalScore(before: readonly Point[], swept: readonly Point[], tuning: Split, test: Split): AtEqualScore {
  const { usd, score } = test.strongest;
  const chosen = swept[cheapestReaching(before, tuning.strongest.score)] ?? test.strongest;
  const hindsight = costOf(curveOf([test.cheapest, test.strongest, ...swept]), score);
  return { saved: 1 - chosen.usd / usd, gained: chosen.score - score, savedInHindsight: 1 - hindsight / usd };
}

const midpoint = (a: Point, b: Point): Point => ({ usd: (a.usd + b.usd) / 2, score: (a.score + b.score) / 2 });
