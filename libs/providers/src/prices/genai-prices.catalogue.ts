import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import type * as GenaiPrices from '@pydantic/genai-prices';
import { PROVIDER_KINDS, type ProviderConfig } from '@relay/config';
import { listedPrice } from './listed-price';
import { namesExactly } from './named-exactly';
import { nextChange } from './next-change';
import type { CataloguedPrice, PriceCatalogue } from './price-catalogue.port';

const PACKAGE = '@pydantic/genai-prices';
const NAME = 'genai-prices';
/** Kinds that no base URL tells, by the catalogue's name for whoever charges. */
const CHARGED_BY: Readonly<Record<string, string>> = {
  anthropic: 'anthropic',
  google: 'google',
  bedrock: 'aws',
  cohere: 'cohere',
};

const requireHere = createRequire(__filename);
let loaded: GenaiPricesCatalogue | null = null;

/** Loads the list on first use: 60 ms and 20 MB that a relay whose models all have a price need not spend. */
export function genaiPrices(): PriceCatalogue {
  return (loaded ??= new GenaiPricesCatalogue(requireHere(PACKAGE) as typeof GenaiPrices, versionOf(PACKAGE)));
}

/** The list that Pydantic keeps (github.com/pydantic/genai-prices), as it comes with the package: nothing is fetched. */
class GenaiPricesCatalogue implements PriceCatalogue {
  constructor(
    private readonly list: typeof GenaiPrices,
    readonly version: string,
  ) {}

  find(provider: ProviderConfig, upstreamModel: string, at: number): CataloguedPrice | null {
    const charging = this.charging(provider);
    const found = charging && this.list.calcPrice({}, upstreamModel, { providerId: charging, timestamp: new Date(at) });
    if (!found || !namesExactly(found.model, upstreamModel)) return null;
    const price = listedPrice(found.model_price);
    const matched = `${charging}/${found.model.id}`;
    return price && { price, matched, until: nextChange(found.model.prices, at) };
  }

  /** Whose prices they are goes by where requests go: an OpenAI-compatible server may be anybody's. */
  private charging({ kind, baseUrl }: ProviderConfig): string | undefined {
    const url = baseUrl ?? PROVIDER_KINDS[kind].baseUrl;
    return url === null ? CHARGED_BY[kind] : this.list.findProvider({ providerApiUrl: url })?.id;
  }
}

function versionOf(name: string): string {
  const file = path.resolve(path.dirname(requireHere.resolve(name)), '../package.json');
  const { version } = JSON.parse(readFileSync(file, 'utf8')) as { readonly version: string };
  return `${NAME}@${version}`;
}
