import {
  type CataloguedPrices,
  type PriceInForce,
  priceSaid,
  PROVIDER_KINDS,
  type ProviderConfig,
  type RelayConfig,
} from '@relay/config';
import { targetKey } from '@relay/contracts';
import type { PriceCatalogue } from './price-catalogue.port';

export interface Catalogued {
  readonly prices: CataloguedPrices;
  /** Ms since the epoch, when the first of them no longer holds; null: none changes by itself. */
  readonly until: number | null;
}

type Priced = Pick<RelayConfig, 'models' | 'prices' | 'providers'>;

const NOTHING: Catalogued = { prices: new Map(), until: null };

/** What the catalogue knows of the targets for which the file says no price. It is loaded only if there are such. */
export function cataloguedPrices(config: Priced, load: () => PriceCatalogue, at: number): Catalogued {
  const providers = new Map(config.providers.map((provider) => [provider.id, provider]));
  const open = config.models.flatMap((model) =>
    model.targets.filter((target) => !priceSaid(model, target) && isSomebodys(providers.get(target.provider))),
  );
  if (!config.prices.catalogue || open.length === 0) return NOTHING;
  const catalogue = load();
  const prices = new Map<string, PriceInForce>();
  let until: number | null = null;
  for (const { provider: id, model } of open) {
    const provider = providers.get(id);
    const found = provider && catalogue.find(provider, model, at);
    if (!found) continue;
    const { price, matched } = found;
    prices.set(targetKey(id, model), { price, matched, version: catalogue.version });
    if (found.until !== null) until = Math.min(found.until, until ?? Infinity);
  }
  return { prices, until };
}

/** Not one's own server: the simulator, an address, or a name without a domain are in no list. */
function isSomebodys(provider: ProviderConfig | undefined): boolean {
  if (provider === undefined || provider.kind === 'simulator') return false;
  const url = provider.baseUrl ?? PROVIDER_KINDS[provider.kind].baseUrl;
  return url === null || /[a-z]\.[a-z]/i.test(new URL(url).hostname);
}
