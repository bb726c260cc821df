import { targetKey } from '@relay/contracts';
import { canonicalJson, sha256Hex } from '@relay/core';
import type { PriceConfig, PriceInForce } from './price.schema';
import type { ModelConfig, RelayConfig, TargetConfig } from './relay-config.schema';

const FILE = 'relay.yaml';
const HASH_DIGITS = 12;

/** What a target costs: as itself says, or its model, or else the catalogue; null: unknown. */
export function priceInForce(
  { catalogued }: Pick<RelayConfig, 'catalogued'>,
  model: Pick<ModelConfig, 'price'>,
  target: TargetConfig,
): PriceInForce | null {
  const said = priceSaid(model, target);
  if (said !== undefined) return { price: said, version: versionOf(said), matched: null };
  return catalogued?.get(targetKey(target.provider, target.model)) ?? null;
}

/** What the file says. */
export function priceSaid({ price }: Pick<ModelConfig, 'price'>, target: TargetConfig): PriceConfig | undefined {
  return target.price ?? price;
}

const versionOf = (price: PriceConfig): string => `${FILE}#${sha256Hex(canonicalJson(price)).slice(0, HASH_DIGITS)}`;
