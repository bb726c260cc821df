import { z } from 'zod';

const rate = z.number().optional();

const rates = {
  inputPerMTok: z.number(),
  cachedInputPerMTok: rate,
  cacheWriteInputPerMTok: rate,
  cacheWriteHourInputPerMTok: rate,
  audioInputPerMTok: rate,
  imageInputPerMTok: rate,
  outputPerMTok: z.number(),
  reasoningPerMTok: rate,
  audioOutputPerMTok: rate,
  imageOutputPerMTok: rate,
};

const tiers = {
  above: z.array(z.object(rates).partial().extend({ inputTokens: z.number() })).optional(), // for longer inputs
};

/** USD per million tokens, as relay.yaml says it; what is absent costs what its whole costs. */
export const priceViewSchema = z
  .object({
    ...rates,
    ...tiers,
    batch: z.object({ ...rates, ...tiers }).optional(),
    currency: z.literal('USD'),
  })
  .meta({ id: 'Price' });

/** What a model costs at a target, and who says so. */
export const priceInForceViewSchema = z
  .object({
    model: z.string(), // of the relay
    version: z.string(), // as traces keep it
    matched: z.string().nullable(), // what the catalogue took the target for; null: relay.yaml says the price
    price: priceViewSchema,
  })
  .meta({ id: 'PriceInForce' });

export type PriceInForceView = z.infer<typeof priceInForceViewSchema>;
