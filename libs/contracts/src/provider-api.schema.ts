import { z } from 'zod';
import { priceInForceViewSchema } from './price.schema';

const ms = z.number().nullable();

/** How one target did in the last 5 to 10 minutes, as the process that answers saw it; null where nothing is known. */
export const targetViewSchema = z
  .object({
    upstreamModel: z.string(),
    models: z.array(z.string()), // of the relay, that it serves
    prices: z.array(priceInForceViewSchema), // of those of its models that have one
    breaker: z.enum(['closed', 'half-open', 'open']),
    reason: z.enum(['failures', 'credentials', 'rate-limit']).nullable(), // why it is not closed
    openUntil: z.iso.datetime().nullable(),
    ttftP50Ms: ms, // time to first token, of streams
    ttftP90Ms: ms,
    ttftP95Ms: ms,
    tpotP50Ms: ms, // time per output token after the first
    tpotP90Ms: ms,
    samples: z.number(), // calls that said something about the target
    errorRate: z.number().nullable(), // share of the samples that it failed or limited, 0 to 1
    lastError: z
      .object({
        at: z.iso.datetime(),
        code: z.string(), // as in the errors of /v1
        upstreamStatus: z.number().nullable(),
        message: z.string(),
      })
      .nullable(),
  })
  .meta({ id: 'Target' });

export const providerViewSchema = z
  .object({
    id: z.string(),
    kind: z.string(),
    region: z.string().nullable(),
    baseUrl: z.string().nullable(), // without user, password and query; null for the simulator
    limits: z.object({
      concurrency: z.number(),
      requestsPerMinute: z.number().nullable(),
      tokensPerMinute: z.number().nullable(),
    }),
    keys: z // where it has several; never their values
      .object({
        total: z.number(),
        inService: z.number(),
        refused: z.number(), // resting: the provider did not take them
        limited: z.number(), // resting: used up for now, for some model at least
      })
      .nullable(),
    rttMs: ms, // network round trip: what a TCP handshake takes
    targets: z.array(targetViewSchema),
  })
  .meta({ id: 'Provider' });

export const providerPageSchema = z
  .object({
    region: z.string().nullable(), // where this relay runs
    data: z.array(providerViewSchema),
    nextCursor: z.string().nullable(),
  })
  .meta({ id: 'ProviderPage' });

export type TargetView = z.infer<typeof targetViewSchema>;
export type ProviderView = z.infer<typeof providerViewSchema>;
export type ProviderPage = z.infer<typeof providerPageSchema>;
