import { ConfigStore, type ModelConfig, priceInForce } from '@relay/config';
import type { CapacityRate, WhatIf, WhatIfReply } from '@relay/contracts';
import { err, ok, RelayError, type Result } from '@relay/core';
import { Injectable } from '@nestjs/common';
import { CapacityService } from './capacity.service';
import { byFullness, limitOf, poolAfter, type TargetPool } from './domain/what-if';
import { LoadReader } from './persistence/load-reader';

const MINUTES_OF_MONTH = 43_834; // 30.44 days
const TOKENS_OF_PRICE = 1_000_000;
const CENTS = 2;

type Limit = WhatIfReply['limits'][number];

/** What would become of pools and limits if another tenant came. */
@Injectable()
export class WhatIfService {
  constructor(
    private readonly config: ConfigStore,
    private readonly capacity: CapacityService,
    private readonly loads: LoadReader,
  ) {}

  /** Errors: `model_not_found`, and those of the report. */
  async answer(question: WhatIf): Promise<Result<WhatIfReply, RelayError>> {
    const model = this.config.current.models.find(({ id }) => id === question.model);
    if (!model) {
      const known = this.config.current.models.map(({ id }) => id).join(', ') || '(none is configured)';
      const message = `model: found "${question.model}"; allowed: ${known}`;
      return err(new RelayError('model_not_found', message, { param: 'model' }));
    }
    const range = this.capacity.range(question);
    if (!range.ok) return range;
    const { from, to } = range.value;
    const targets = await this.targetsOf(model, question, from, to);
    const answered = targets.map((target) => ({ share: target.share, ...poolAfter(target, question) }));
    const rates = rateLimits(await this.capacity.rates(range.value), model, targets, question, this.limitsOf(targets));
    const monthlyUsd = this.monthlyUsd(model, question);
    const limits = [
      ...answered.flatMap(({ limit }) => limit ?? []),
      ...rates,
      ...(monthlyUsd !== null && question.monthlyUsd !== undefined
        ? [limitOf('budget', 'the new tenant', 0, monthlyUsd, question.monthlyUsd)]
        : []),
    ].sort(byFullness);
    return ok({
      ...{ from: new Date(from).toISOString(), to: new Date(to).toISOString() },
      pools: answered.map(({ limit: _limit, share: _share, ...pool }) => pool),
      limits,
      firstMet: limits.find(({ exceeded }) => exceeded)?.limit ?? null,
      monthlyUsd: monthlyUsd?.toFixed(CENTS) ?? null,
    });
  }

  /** The pools of the model's targets, each with its share by weight. */
  private async targetsOf(model: ModelConfig, question: WhatIf, from: number, to: number): Promise<TargetPool[]> {
    const pools = await this.capacity.pools({ from, to }, question.targetWaitMs);
    const fits = await this.loads.service(new Date(from), new Date(to), model.id);
    const weights = new Map<string, number>();
    for (const { provider, weight } of model.targets) weights.set(provider, (weights.get(provider) ?? 0) + weight);
    const total = [...weights.values()].reduce((sum, weight) => sum + weight, 0);
    return pools.flatMap((pool) => {
      const weight = weights.get(pool.id) ?? 0;
      const fit = fits.find(({ provider }) => provider === pool.id) ?? null;
      return weight === 0 ? [] : [{ pool, share: weight / total, fit }];
    });
  }

  private limitsOf(targets: readonly TargetPool[]): LimitedOne[] {
    return this.config.current.providers
      .filter(({ id }) => targets.some(({ pool }) => pool.id === id))
      .map(({ id, limits }) => ({ id, limits }));
  }

  /** At the price of the first target; answers from the cache and batches not thought of. */
  private monthlyUsd(model: ModelConfig, { requestsPerMinute, inputTokens, outputTokens }: WhatIf): number | null {
    const target = model.targets[0];
    const price = target && priceInForce(this.config.current, model, target)?.price;
    if (price?.inputPerMTok === undefined || price.outputPerMTok === undefined) return null;
    const perRequest =
      (inputTokens * Number(price.inputPerMTok) + outputTokens * Number(price.outputPerMTok)) / TOKENS_OF_PRICE;
    return perRequest * requestsPerMinute * MINUTES_OF_MONTH;
  }
}

interface LimitedOne {
  readonly id: string;
  readonly limits: { readonly requestsPerMinute?: number | undefined; readonly tokensPerMinute?: number | undefined };
}

/** The busiest minute, and with the new requests on top of it. */
function rateLimits(
  rates: readonly CapacityRate[],
  model: ModelConfig,
  targets: readonly TargetPool[],
  question: WhatIf,
  providers: readonly LimitedOne[],
): Limit[] {
  const { requestsPerMinute, inputTokens, outputTokens } = question;
  const limitsFor = (scope: CapacityRate['scope'], { id, limits }: LimitedOne, share: number): Limit[] => {
    const peak = (of: CapacityRate['of']): number =>
      rates.find((rate) => rate.scope === scope && rate.id === id && rate.of === of)?.peak ?? 0;
    const requests = requestsPerMinute * share;
    const tokens = requests * (inputTokens + outputTokens);
    return [
      ...whereSet('requests-per-minute', id, peak('requests'), requests, limits.requestsPerMinute),
      ...whereSet('tokens-per-minute', id, peak('tokens'), tokens, limits.tokensPerMinute),
    ];
  };
  const shareOf = (id: string): number => targets.find(({ pool }) => pool.id === id)?.share ?? 0;
  return [
    ...limitsFor('model', model, 1),
    ...providers.flatMap((provider) => limitsFor('provider', provider, shareOf(provider.id))),
  ];
}

function whereSet(limit: Limit['limit'], id: string, before: number, added: number, max: number | undefined): Limit[] {
  return max === undefined ? [] : [limitOf(limit, id, before, before + added, max)];
}
