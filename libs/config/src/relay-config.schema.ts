import { OPERATIONS, type PolicyDocument } from '@relay/contracts';
import { z } from 'zod';
import { authSchema } from './auth.schema';
import { alertsSchema } from './alerts.schema';
import { policySourceSchema } from './policy-source.schema';
import { type CataloguedPrices, priceSchema, pricesSchema } from './price.schema';
import { responsesSchema } from './responses.schema';
import { secretsSchema } from './secrets/vault.schema';
import { tenantPayloadsSchema, tracesSchema } from './traces.schema';
import { telemetrySchema } from './telemetry.schema';
import { clientTlsSchema, httpUrlSchema, proxySchema, serverTlsSchema } from './transport.schema';

const idSchema = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._:/-]{0,127}$/,
    'letters, digits and ". _ : / -", at most 128, starting with a letter or digit',
  );
const positiveInt = z.int().positive();
const operationsSchema = z.array(z.enum(OPERATIONS)).min(1);

export const providerKindSchema = z.enum([
  'openai',
  'azure',
  'groq',
  'together',
  'fireworks',
  'deepseek',
  'mistral',
  'xai',
  'openrouter',
  'ollama',
  'vllm',
  'llamacpp',
  'lmstudio',
  'anthropic',
  'google',
  'bedrock',
  'cohere',
  'simulator',
]);

/** Sliding windows of 60 s, held by all processes together. */
const rateLimits = {
  requestsPerMinute: positiveInt.optional(),
  tokensPerMinute: positiveInt.optional(), // input + output
};

const simulatorSchema = z.strictObject({
  ttftMs: z.number().min(0).max(60_000).default(120), // time to first token
  tokensPerSecond: z.number().positive().max(1_000_000).default(60),
});

export const providerSchema = z.strictObject({
  id: idSchema,
  kind: providerKindSchema,
  baseUrl: httpUrlSchema.optional(), // required for openai and azure; the others have their own
  apiKey: z.string().min(1).optional(),
  apiKeys: z // several, used in turn
    .array(
      z.strictObject({
        value: z.string().min(1),
        weight: z.number().positive().max(1_000).default(1),
        limits: z.strictObject(rateLimits).prefault({}), // of each process
      }),
    )
    .min(1)
    .max(64)
    .optional(),
  credentials: z // kind: bedrock, in place of apiKey; signs each request (AWS Signature Version 4)
    .strictObject({
      accessKeyId: z.string().min(1),
      secretAccessKey: z.string().min(1),
      sessionToken: z.string().min(1).optional(),
    })
    .optional(),
  region: z.string().max(64).optional(),
  proxy: proxySchema.optional(), // default: HTTPS_PROXY, HTTP_PROXY and NO_PROXY of the environment
  tls: clientTlsSchema.optional(),
  headers: z.record(z.string(), z.string()).optional(), // sent with every call, e.g. OpenAI-Organization
  limits: z
    .strictObject({
      concurrency: positiveInt.max(100_000).default(256), // calls at a time, of all processes together
      ...rateLimits,
      adaptive: z // fewer calls at a time while it is slow: AIMD on what the first and each further token takes
        .strictObject({
          ttftMs: positiveInt.max(600_000).optional(), // target; default: three times what it takes when it is not busy
          tpotMs: z.number().positive().max(60_000).optional(), // target; default likewise
          minConcurrency: positiveInt.max(100_000).default(1),
        })
        .optional(), // absent: only an upstream's 429 lowers the limit
    })
    .prefault({}),
  timeouts: z
    .strictObject({
      connectMs: positiveInt.max(600_000).default(5_000),
      headersMs: positiveInt.max(3_600_000).default(120_000),
      idleMs: positiveInt.max(3_600_000).default(30_000),
      streamMs: positiveInt.max(86_400_000).default(3_600_000), // a whole stream, however little it says at a time
    })
    .prefault({}),
  preheat: z
    .strictObject({
      connections: z.int().min(0).max(16).default(1), // opened at the start and after a change, before anybody asks
      model: z.boolean().default(false), // asks each model for one token, so that a local server has loaded it
    })
    .prefault({}),
  operations: operationsSchema.optional(), // what it understands itself; default: what its kind does. The rest is translated to chat, or not asked of it
  simulator: simulatorSchema.optional(), // kind: simulator only
  batchApi: z.enum(['off', 'openai', 'anthropic']).default('off'), // whose protocol its own batches speak; off: it has none, or they are not used
  batchDiscount: z.number().min(0).max(1).default(0), // what a call through them costs less, as a share; a price's own `batch` goes before it
});

export const modelSchema = z.strictObject({
  id: idSchema,
  tier: z.enum(['basic', 'standard', 'advanced']).default('standard'),
  targets: z
    .array(
      z.strictObject({
        provider: idSchema,
        model: z.string().min(1),
        weight: z.number().min(0).max(1_000_000).default(1),
        price: priceSchema.optional(), // its own
      }),
    )
    .min(1),
  limits: z.strictObject(rateLimits).prefault({}),
  contextWindow: positiveInt.optional(),
  maxOutputTokens: positiveInt.optional(),
  price: priceSchema.optional(), // of all its targets; default: what the catalogue says of each
  version: z.string().min(1).max(64).optional(), // of what answers behind the name; a new one leaves its cached answers behind
  operations: operationsSchema.optional(), // what it is for; default: text of any protocol, and by its name whatever its providers understand
  capabilities: z.record(z.string(), z.number().min(0).max(1)).default({}),
  supports: z // what it can do at all; policies do not choose it for what it cannot
    .strictObject({
      tools: z.boolean().default(true),
      images: z.boolean().default(true),
      jsonSchema: z.boolean().default(true),
    })
    .prefault({}),
});

export const tenantSchema = z.strictObject({
  id: idSchema,
  weight: z.number().positive().max(1_000).default(1),
  tier: z.string().max(64).default('standard'),
  tags: z.array(z.string().max(64)).max(32).default([]),
  models: z.array(idSchema).optional(),
  keys: z
    .array(
      z.strictObject({
        name: z.string().min(1).max(64),
        value: z.string().min(8, 'at least 8 characters').max(512),
        scopes: z.array(z.enum(['inference', 'tenant:act-as'])).default(['inference']),
        models: z.array(idSchema).optional(), // of those of its tenant; default: all of them
        limits: z.strictObject(rateLimits).prefault({}),
        expiresAt: z.iso.datetime({ offset: true }).optional(),
      }),
    )
    .default([]),
  budget: z
    .strictObject({
      monthlyUsd: z.number().positive().max(1_000_000_000).optional(), // calendar month, UTC
      dailyUsd: z.number().positive().max(1_000_000_000).optional(), // calendar day, UTC
      hard: z.boolean().default(true), // 402 when it is used up; else it only warns
      alerts: z.array(z.number().positive().max(10)).max(10).default([0.5, 0.8, 1]), // shares of it at which somebody is told, once a period
    })
    .optional(),
  payloads: tenantPayloadsSchema,
  limits: z
    .strictObject({
      ...rateLimits,
      concurrency: positiveInt.optional(), // requests at an upstream at a time, of all processes together
    })
    .prefault({}),
});

const embedderLimits = {
  timeoutMs: positiveInt.max(60_000).default(500), // a look-up that waits longer for its embedding is a miss
  cacheEntries: positiveInt.max(1_000_000).default(10_000), // embeddings kept in memory
};

/** What turns prompts into vectors, for the semantic cache. Started when a policy in force uses it. */
export const embedderSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('builtin'), ...embedderLimits }), // English, 512 dimensions, in this process, offline
  z.strictObject({
    kind: z.literal('openai'), // POST {baseUrl}/embeddings
    baseUrl: httpUrlSchema,
    apiKey: z.string().min(1).optional(),
    model: z.string().min(1).max(256),
    dimensions: z.int().min(8).max(4_000).optional(), // asked of the server; default: whatever it gives
    region: z.string().min(1).max(64).optional(), // where it runs; prompts that a policy keeps to regions are only embedded in one of these
    ...embedderLimits,
  }),
  z.strictObject({
    kind: z.literal('onnx'), // a sentence-transformers model; needs the package onnxruntime-web or onnxruntime-node
    model: z.string().min(1).max(256), // a folder with model.onnx and tokenizer.json, or the name of a model on a hub
    hub: httpUrlSchema.optional(), // where to fetch a named model from, once; default: nowhere
    pooling: z.enum(['mean', 'cls']).default('mean'),
    maxTokens: z.int().min(8).max(8_192).default(256), // longer texts get no vector
    ...embedderLimits,
  }),
]);

export const relayConfigSchema = z
  .strictObject({
    providers: z.array(providerSchema).default([]),
    models: z.array(modelSchema).default([]),
    policy: z.union([z.string(), policySourceSchema]).optional(), // a path relative to this file, or inline
    tenants: z.array(tenantSchema).default([]),
    server: z
      .strictObject({
        region: z.string().min(1).max(64).optional(), // where this relay runs; compared with the region of providers
        tls: serverTlsSchema.optional(), // default: plain HTTP
        bodyLimitBytes: positiveInt.max(1_073_741_824).default(33_554_432),
        trustProxy: z.boolean().default(false), // behind a reverse proxy: X-Forwarded-For and -Proto are then believed
        shutdownTimeoutMs: positiveInt.max(600_000).default(30_000),
      })
      .prefault({}),
    cache: z
      .strictObject({
        l1: z.strictObject({ maxBytes: positiveInt.default(67_108_864) }).prefault({}),
        maxEntryBytes: positiveInt.default(4_194_304),
        sharing: z // tenants of one group are served each other's answers; a tenant belongs to one group at most
          .array(z.strictObject({ group: idSchema, tenants: z.array(z.string().min(1).max(128)).min(2).max(1_000) }))
          .max(1_000)
          .default([]),
        semantic: z
          .strictObject({
            maxEntriesPerOwner: positiveInt.max(10_000_000).default(100_000), // of a tenant or sharing group; the least useful go first
            maxInsertsPerKeyPerMinute: positiveInt.default(600), // in each process
            maxNearDuplicates: positiveInt.max(1_000).default(20), // of one API key, around one prompt
          })
          .prefault({}),
        warmOnPublish: z // with each policy that is published: what a tenant asked most, where payloads are kept; default: not at all
          .strictObject({
            top: positiveInt.max(1_000).default(100), // requests
            days: positiveInt.max(90).default(7),
            maxUsdPerTenant: z.number().positive().max(1_000_000).default(1),
          })
          .optional(),
      })
      .prefault({}),
    prices: pricesSchema.prefault({}),
    embedder: embedderSchema.prefault({ kind: 'builtin' }),
    scheduler: z
      .strictObject({
        maxQueuedPerTenant: positiveInt.default(200), // waiting requests of one tenant in one pool
        maxQueued: positiveInt.default(2_000), // waiting requests in one pool
        maxQueuedBytesPerTenant: positiveInt.default(134_217_728), // bodies of the waiting requests of one tenant in one pool
        maxQueuedBytes: positiveInt.default(536_870_912), // bodies of the waiting requests in one pool
        longCostTokens: positiveInt.optional(), // predicted tokens (input + 2 x output) from which a request counts as long; default: learned, 4,000 at first
        shortShare: z.number().min(0).max(0.9).default(0.1), // of a pool's slots, kept free of long requests
        batchShare: z.number().min(0.05).max(1).default(0.8), // of a pool's slots, what requests of the level batch may hold
      })
      .prefault({}),
    routing: z
      .strictObject({ qualityModel: z.string().min(1).optional() }) // a file of `npm run train -- quality`, relative to this one
      .prefault({}),
    files: z
      .strictObject({
        maxBytes: positiveInt.max(5_368_709_120).default(209_715_200), // of one file
        maxBytesPerTenant: positiveInt.default(10_737_418_240), // of all files of a tenant together
      })
      .prefault({}),
    batches: z
      .strictObject({
        concurrency: positiveInt.max(1_000).default(32), // lines asked at a time by each worker
        maxRequests: positiveInt.max(1_000_000).default(50_000), // of one batch
        maxOpenPerTenant: positiveInt.max(10_000).default(50), // batches that have not ended
        providerPollMs: positiveInt.min(100).max(3_600_000).default(30_000), // until a provider is first asked how far its own batch is; then longer
      })
      .prefault({}),
    traces: tracesSchema,
    responses: responsesSchema,
    secrets: secretsSchema,
    alerts: alertsSchema,
    telemetry: telemetrySchema,
    auth: authSchema,
  })
  .meta({ id: 'RelayConfig', title: 'relay.yaml' });

/** relay.yaml as written, references resolved; see `RelayConfig` for what services use. */
export type RelayConfigInput = z.input<typeof relayConfigSchema>;
/** relay.yaml with every default filled in, its policy still as written. */
export type ParsedRelayConfig = z.output<typeof relayConfigSchema>;

/** The configuration in force: every default filled in, the policy document loaded, secrets resolved to their values. */
export type RelayConfig = Omit<ParsedRelayConfig, 'policy'> & {
  readonly policy: PolicyDocument;
  /** What targets cost of which the file says nothing, by `targetKey`; absent where nobody looked. */
  readonly catalogued?: CataloguedPrices;
};
export type ProviderConfig = z.output<typeof providerSchema>;
export type ProviderKind = z.output<typeof providerKindSchema>;
export type EmbedderConfig = z.output<typeof embedderSchema>;
export type ModelConfig = z.output<typeof modelSchema>;
export type TargetConfig = ModelConfig['targets'][number];
export type TenantConfig = z.output<typeof tenantSchema>;
export type ProviderConfigInput = z.input<typeof providerSchema>;
export type ModelConfigInput = z.input<typeof modelSchema>;
