import type { PriceInForce } from '@relay/config';

type Price = PriceInForce['price'];
type Batch = NonNullable<Price['batch']>;

/** More digits than any price has: what floating point adds beyond them is rounded away. */
const SIGNIFICANT_DIGITS = 12;

/** The same price, and what calls through the provider's own batches cost: what the price says of them, or `discount` (a share) less. */
export function withBatchPrice(inForce: PriceInForce, discount: number): PriceInForce {
  const { price, version } = inForce;
  if (price.batch !== undefined || discount === 0) return inForce;
  const { currency: _currency, above, batch: _batch, ...rates } = price;
  const batch = less(rates, discount) as unknown as Batch; // the same keys
  if (above) batch.above = above.map(({ inputTokens, ...tier }) => ({ inputTokens, ...less(tier, discount) }));
  return { ...inForce, price: { ...price, batch }, batchVersion: `${version} less ${discount}` };
}

function less(rates: Readonly<Record<string, number | undefined>>, discount: number): Record<string, number> {
  const known = Object.entries(rates).filter((rate): rate is [string, number] => rate[1] !== undefined);
  return Object.fromEntries(known.map(([name, rate]) => [name, lowered(rate, discount)]));
}

const lowered = (rate: number, discount: number): number =>
  Number((rate * (1 - discount)).toPrecision(SIGNIFICANT_DIGITS));
