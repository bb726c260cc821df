import { z } from 'zod';

/** USD per million tokens. */
const rate = z.number().nonnegative().max(1_000_000);

/** What has no price of its own costs what its whole costs: cached input as input, reasoning as output. */
const rates = {
  inputPerMTok: rate,
  cachedInputPerMTok: rate.optional(), // read from the provider's prompt cache
  cacheWriteInputPerMTok: rate.optional(), // written to it
  cacheWriteHourInputPerMTok: rate.optional(), // written to be kept for an hour; default: as other writes
  audioInputPerMTok: rate.optional(),
  imageInputPerMTok: rate.optional(),
  outputPerMTok: rate,
  reasoningPerMTok: rate.optional(),
  audioOutputPerMTok: rate.optional(),
  imageOutputPerMTok: rate.optional(),
};

const tier = z.strictObject(rates).partial().extend({ inputTokens: z.int().positive() });

const tiers = {
  above: z.array(tier).min(1).max(8).optional(), // what all tokens of a request cost whose input is longer than that; the rest stays
};

export const priceSchema = z.strictObject({
  ...rates,
  ...tiers,
  batch: z.strictObject({ ...rates, ...tiers }).optional(), // through the provider's own batches; default: as any other call
  currency: z.literal('USD').default('USD'),
});

export const pricesSchema = z.strictObject({
  catalogue: z.boolean().default(true), // look up what is not said here; no network is used
});

export type PriceConfig = z.output<typeof priceSchema>;

/** A price and where it is from. */
export interface PriceInForce {
  readonly price: PriceConfig;
  /** As traces keep it: the catalogue and its version, or relay.yaml and a hash of what it says. */
  readonly version: string;
  /** Of the catalogue: the provider and the model that it took the target for. */
  readonly matched: string | null;
  /** Of calls through the provider's own batches, where it is another. */
  readonly batchVersion?: string;
}

/** What the catalogue knows, by `targetKey`. */
export type CataloguedPrices = ReadonlyMap<string, PriceInForce>;
