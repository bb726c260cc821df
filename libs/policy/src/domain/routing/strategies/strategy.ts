import type { CatalogueModel } from '../../catalogue';
import type { PlanFields } from '../../plan-fields';
import type { Estimate, EstimateInputs } from '../estimate';

export interface ScoreContext extends EstimateInputs {
  readonly fields: Readonly<PlanFields>;
  /** uint32: what a strategy that draws is to draw from. */
  readonly seed: number;
}

/** One way to rank candidates. */
export interface Strategy {
  /** In words, for the decision trace. */
  describe(fields: Readonly<PlanFields>): string;
  /** Its scores draw from the seed. */
  readonly draws?: true;
  /**
   * Higher is better, comparable within one request; equal scores keep the order that the policy gave, and targets of one
   * model share by weight. `null`: the order that the policy gave, whatever the request.
   */
  readonly score: ((estimate: Estimate, model: CatalogueModel, context: ScoreContext) => number) | null;
}
