import { z } from 'zod';
import { httpUrlSchema } from './transport.schema';

const attributeValue = z.union([z.string().max(1_024), z.number(), z.boolean()]);

/** Spans of requests, sent to a collector by OTLP/HTTP; nothing is sent without an endpoint, here or in OTEL_EXPORTER_OTLP_ENDPOINT. */
export const telemetrySchema = z
  .strictObject({
    otlp: z
      .strictObject({
        endpoint: httpUrlSchema.optional(), // `/v1/traces` is added where it does not end in it
        headers: z.record(z.string(), z.string()).default({}), // e.g. a key of the collector
        sampleRatio: z.number().min(0).max(1).default(1), // of requests whose client does not say itself whether they are sampled
        resource: z.record(z.string().min(1).max(128), attributeValue).default({}), // attributes of this relay
        payloads: z.boolean().default(false), // true: prompts and answers too, as far as the policy keeps them
        propagate: z.boolean().default(true), // providers are sent a `traceparent`
        timeoutMs: z.int().positive().max(60_000).default(10_000), // of one export, with its repetitions
      })
      .prefault({}),
  })
  .prefault({});

export type OtlpConfig = z.output<typeof telemetrySchema>['otlp'];
