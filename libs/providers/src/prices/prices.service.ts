import { ConfigStore, priceInForce, type PriceInForce, type RelayConfig } from '@relay/config';
import { targetKey, type RouteCandidate } from '@relay/contracts';
import { Injectable, Logger } from '@nestjs/common';
import { withBatchPrice } from './batch-price';

type Target = Pick<RouteCandidate, 'model' | 'provider' | 'upstreamModel'>;

/** What every target costs, by the configuration in force: worked out once, looked up on the way of each request. */
@Injectable()
export class Prices {
  private readonly logger = new Logger(Prices.name);
  private prices: ReadonlyMap<string, PriceInForce> = new Map();
  private told = '';

  constructor(store: ConfigStore) {
    store.register({
      name: 'prices',
      prepare: (config) => ({ problems: [], apply: () => this.apply(config) }),
    });
  }

  /** Undefined: nobody knows. */
  of({ model, provider, upstreamModel }: Target): PriceInForce | undefined {
    return this.prices.get(keyOf(model, provider, upstreamModel));
  }

  private apply(config: RelayConfig): void {
    const prices = new Map<string, PriceInForce>();
    const lines: string[] = [];
    const discounts = new Map(config.providers.map(({ id, batchDiscount }) => [id, batchDiscount]));
    for (const model of config.models) {
      for (const target of model.targets) {
        const price = priceInForce(config, model, target);
        const discount = discounts.get(target.provider) ?? 0;
        if (price) prices.set(keyOf(model.id, target.provider, target.model), withBatchPrice(price, discount));
        if (price?.matched !== null) lines.push(lineOf(model.id, targetKey(target.provider, target.model), price));
      }
    }
    this.prices = prices;
    this.tell(lines);
  }

  /** Once, and again when something is different. */
  private tell(lines: readonly string[]): void {
    const text = [...new Set(lines)].join('; ');
    if (text !== '' && text !== this.told) this.logger.log(text);
    this.told = text;
  }
}

const keyOf = (model: string, provider: string, upstreamModel: string): string =>
  `${model} ${targetKey(provider, upstreamModel)}`;

function lineOf(model: string, target: string, price: PriceInForce | null): string {
  return price
    ? `${model} (${target}) costs what ${price.version} lists as ${price.matched}`
    : `${model} (${target}) has no price`;
}
