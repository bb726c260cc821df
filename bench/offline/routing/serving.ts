import { relayConfigSchema, type RelayConfig } from '@relay/config';
import { policyDocumentSchema } from '@relay/contracts';
import { NOTHING_LIVE, plannerOf, type LiveFacts, type Planned, type Planner, type PlanRequest } from '@relay/policy';
import { capabilitiesOf } from './capabilities';
import type { OperatingPoint } from './operating-points';
import { priceOf } from './prices';
import type { RoutingRow } from './routing-table';

/** What is expected of each model for one prompt; `null` leaves it to the capabilities of the configuration. */
export type Expected = PlanRequest['learned'];

/**
 * A relay that was set up with what the train rows tell: capabilities of the models by task, usual lengths of answers. Choices are those
 * of the policy engine that serves, for a policy that says nothing but the operating point.
 */
export class Serving {
  private readonly config: RelayConfigParts;
  private readonly live: LiveFacts;
  private readonly index: ReadonlyMap<string, number>;

  constructor(models: readonly string[], train: readonly RoutingRow[]) {
    this.config = configOf(models, train);
    this.live = { ...NOTHING_LIVE, outputTokens: usualLengths(train) };
    this.index = new Map(models.map((model, i) => [model, i]));
  }

  /** The model that serves each row, by index. */
  choices(point: OperatingPoint, rows: readonly RoutingRow[], expected: readonly Expected[]): number[] {
    const planner = this.planner(point);
    return rows.map((row, i) => {
      const first = this.plan(planner, row, expected[i] ?? null).plan.route.candidates[0]?.model;
      return this.index.get(first ?? '') ?? -1;
    });
  }

  /** By row, how much better the policy engine expects the `strong` model to answer than the `weak` one, both by name. */
  margins(weak: string, strong: string, rows: readonly RoutingRow[], expected: readonly Expected[]): number[] {
    const planner = this.planner({ strategy: 'content', candidates: [weak, strong] });
    return rows.map((row, i) => {
      const { scores } = this.plan(planner, row, expected[i] ?? null);
      const qualityOf = (name: string): number => scores?.find(({ model }) => model === name)?.score ?? Number.NaN;
      return qualityOf(strong) - qualityOf(weak);
    });
  }

  private plan(planner: Planner, { request }: RoutingRow, learned: Expected): Planned {
    const planned = planner.plan({ ...request, learned }, this.live);
    if (!planned.ok) throw planned.error;
    return planned.value;
  }

  private planner(route: OperatingPoint & { readonly candidates?: string[] }): Planner {
    const defaults = { route, retries: { fallbacks: 0 } }; // who comes second is not looked at
    const planner = plannerOf(policyDocumentSchema.parse({ name: 'bench', version: 1, defaults }), this.config);
    if (!planner.ok) throw new Error(JSON.stringify(planner.error));
    return planner.value;
  }
}

type RelayConfigParts = Pick<RelayConfig, 'models' | 'providers' | 'server' | 'scheduler'>;

/** Cheap models stand first, as equals keep their order. */
function configOf(models: readonly string[], train: readonly RoutingRow[]): RelayConfigParts {
  const capabilities = capabilitiesOf(models, train);
  const byPrice = [...models].sort((a, b) => priceOf(a).output - priceOf(b).output);
  return relayConfigSchema.parse({
    providers: [{ id: 'p', kind: 'openai', baseUrl: 'http://127.0.0.1:9' }], // nothing is called
    models: byPrice.map((id) => ({
      id,
      targets: [{ provider: 'p', model: id }],
      price: { inputPerMTok: priceOf(id).input, outputPerMTok: priceOf(id).output },
      capabilities: capabilities.get(id),
    })),
  });
}

/** Mean length of answers by the task that the classifier finds, as a running relay knows it; `` (empty) for all. In tokens. */
function usualLengths(rows: readonly RoutingRow[]): Map<string, number> {
  const sums = new Map<string, { tokens: number; count: number }>();
  for (const { request, answerTokens } of rows) {
    for (const task of ['', request.prompt.task ?? '']) {
      const sum = sums.get(task) ?? { tokens: 0, count: 0 };
      sums.set(task, { tokens: sum.tokens + answerTokens, count: sum.count + 1 });
    }
  }
  return new Map([...sums].map(([task, { tokens, count }]) => [task, tokens / count]));
}
