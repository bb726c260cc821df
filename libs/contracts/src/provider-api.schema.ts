import { z } from 'zod';
import { priceInForceViewSchema } from './price.schema';
import { shownText, storableText } from './storable-text';

const ms = z.number().nullable();

/** `open`: nothing new goes there. `drain`: the same, told as deliberate. `closed`: failures do not keep calls away. */
export const OVERRIDE_MODES = ['open', 'drain', 'closed'] as const;

/** How long an operator's word may hold, in ms: a minute to a day. */
export const MIN_OVERRIDE_MS = 60_000;
export const MAX_OVERRIDE_MS = 86_400_000;
const DEFAULT_OVERRIDE_MS = 3_600_000;

const upstreamModel = shownText(256);
/** A reason of so many characters at most. */
const MAX_REASON_CHARS = 500;

/** What an operator decided for a while; it ends by itself. */
export const providerOverrideSchema = z
  .object({
    mode: z.enum(OVERRIDE_MODES),
    since: z.iso.datetime(),
    until: z.iso.datetime(),
    by: z.string(), // e-mail
    reason: z.string(),
  })
  .meta({ id: 'ProviderOverride' });

export const setProviderOverrideSchema = z
  .strictObject({
    mode: z.enum(OVERRIDE_MODES),
    target: upstreamModel.optional(), // one model by the name that the provider knows; without: all of them
    forMs: z.int().min(MIN_OVERRIDE_MS).max(MAX_OVERRIDE_MS).default(DEFAULT_OVERRIDE_MS),
    reason: storableText(MAX_REASON_CHARS).regex(/\S/, 'expected a reason'),
  })
  .meta({ id: 'SetProviderOverride' });

export const endProviderOverrideSchema = z.strictObject({ target: upstreamModel.optional() });

export const probeProviderSchema = z
  .strictObject({ target: upstreamModel.optional() }) // without: the first of its models
  .meta({ id: 'ProbeProvider' });

/** What became of one call that was made to see. */
export const providerProbeSchema = z
  .object({
    at: z.iso.datetime(),
    check: z.enum(['answer', 'connection']), // one token of a model; where it has no chat, a connection
    target: z.string().nullable(), // of `answer`
    ok: z.boolean(),
    durationMs: z.number(),
    upstreamStatus: z.number().nullable(),
    code: z.string().nullable(), // as in the errors of /v1; null: well
    message: z.string(),
  })
  .meta({ id: 'ProviderProbe' });

/** How one target did in the last 5 to 10 minutes, as the process that answers saw it; null where nothing is known. */
export const targetViewSchema = z
  .object({
    upstreamModel: z.string(),
    models: z.array(z.string()), // of the relay, that it serves
    prices: z.array(priceInForceViewSchema), // of those of its models that have one
    breaker: z.enum(['closed', 'half-open', 'open']),
    reason: z.enum(['failures', 'credentials', 'rate-limit', 'forced', 'drained']).nullable(), // why it is not closed
    openUntil: z.iso.datetime().nullable(),
    override: providerOverrideSchema.nullable(), // for this target alone
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
    override: providerOverrideSchema.nullable(), // for all its targets
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
export type OverrideMode = (typeof OVERRIDE_MODES)[number];
export type ProviderOverrideView = z.infer<typeof providerOverrideSchema>;
export type SetProviderOverride = z.infer<typeof setProviderOverrideSchema>;
export type EndProviderOverride = z.infer<typeof endProviderOverrideSchema>;
export type ProbeProvider = z.infer<typeof probeProviderSchema>;
export type ProviderProbe = z.infer<typeof providerProbeSchema>;
