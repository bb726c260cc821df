import { apgr } from './apgr';
import { pointOf, type Point } from './curve';
import { meanScores } from './mean-scores';
import { SWEEPS, type OperatingPoint, type SweepName } from './operating-points';
import type { Predictor } from './predictors';
import type { RoutingRow, RoutingTable } from './routing-table';
import { Serving, type Expected } from './serving';

/** A relay set up with some rows, and others that it is asked. */
export class Split {
  readonly cheapest: Point;
  readonly strongest: Point;
  private readonly serving: Serving;
  private readonly weak: number;
  private readonly strong: number;

  constructor(
    private readonly table: RoutingTable,
    private readonly train: readonly RoutingRow[],
    readonly asked: readonly RoutingRow[],
  ) {
    this.serving = new Serving(table.models, train);
    const means = meanScores(train);
    const dollars = table.models.map((_, model) => always(train, model).usd);
    const least = Math.min(...dollars) * (1 + 1e-9);
    const ofCheapest = means.map((mean, model) => ((dollars[model] ?? 0) <= least ? mean : -1));
    this.strong = means.indexOf(Math.max(...means));
    this.weak = ofCheapest.indexOf(Math.max(...ofCheapest)); // the best of those with the least price
    this.cheapest = always(asked, this.weak);
    this.strongest = always(asked, this.strong);
  }

  expectedBy(predict: Predictor): Expected[] {
    return predict(this.train, this.asked, this.table.models);
  }

  served(point: OperatingPoint, expected: readonly Expected[]): Point {
    return pointOf(this.asked, this.serving.choices(point, this.asked, expected));
  }

  sweeps(expected: readonly Expected[]): Record<SweepName, Point[]> {
    return {
      hybrid: SWEEPS.hybrid.map((point) => this.served(point, expected)),
      cost: SWEEPS.cost.map((point) => this.served(point, expected)),
    };
  }

  apgr(expected: readonly Expected[]): number {
    const { asked, weak, strong, serving } = this;
    const gain = asked.map(({ scores }) => (scores[strong] ?? 0) - (scores[weak] ?? 0));
    const [weakName = '', strongName = ''] = [this.table.models[weak], this.table.models[strong]];
    return apgr(serving.margins(weakName, strongName, asked, expected), gain);
  }
}

const always = (rows: readonly RoutingRow[], model: number): Point =>
  pointOf(
    rows,
    rows.map(() => model),
  );
