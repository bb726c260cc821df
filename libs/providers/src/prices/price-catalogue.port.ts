import type { PriceConfig, ProviderConfig } from '@relay/config';

export interface CataloguedPrice {
  readonly price: PriceConfig;
  /** What the catalogue took the target for, as `provider/model`. */
  readonly matched: string;
  /** Ms since the epoch, until when it holds; null: as long as the catalogue does. */
  readonly until: number | null;
}

/** List prices of providers' models. */
export interface PriceCatalogue {
  /** Its name and version, as traces keep it. */
  readonly version: string;
  /** What a model of a provider costs at a time (ms since the epoch); null where it is not known by exactly that name. Not for hot paths. */
  find(provider: ProviderConfig, upstreamModel: string, at: number): CataloguedPrice | null;
}
