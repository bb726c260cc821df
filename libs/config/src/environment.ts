import { z } from 'zod';
import { httpUrlSchema } from './transport.schema';

export const relayRoleSchema = z.enum(['gateway', 'admin', 'worker']);
export type RelayRole = z.infer<typeof relayRoleSchema>;

const storeUrl = (protocol: RegExp, error: string) => z.url({ protocol, error }).optional();

/** The environment variables of the relay, parsed once at the start. */
export const environmentSchema = z
  .object({
    PORT: z.coerce.number().int().min(0).max(65_535).default(4100),
    HOST: z.string().min(1).default('127.0.0.1'),
    RELAY_CONFIG: z.string().min(1).optional(), // default: relay.yaml in the working directory, if there is one
    RELAY_DATA_DIR: z.string().min(1).default('.relay'),
    DATABASE_URL: storeUrl(/^postgres(ql)?$/, 'a URL that begins with postgres:// or postgresql://'),
    REDIS_URL: storeUrl(/^rediss?$/, 'a URL that begins with redis:// or rediss://'),
    RELAY_ROLES: z
      .string()
      .default('gateway,admin,worker')
      .transform((text) => text.split(',').map((role) => role.trim()))
      .pipe(z.array(relayRoleSchema).min(1)),
    RELAY_ADMIN_EMAIL: z.email().default('admin@relay.local'),
    RELAY_ADMIN_PASSWORD: z.string().min(8).optional(),
    RELAY_JWT_SECRET: z.string().min(32).optional(),
    RELAY_JWT_PRIVATE_KEY: z.string().min(1).max(65_536).optional(), // PEM, or comma-separated file:PATH; the first signs
    RELAY_ENCRYPTION_KEY: z.string().min(32).optional(),
    RELAY_ENCRYPTION_KEY_PREVIOUS: z // comma-separated: open what they sealed, seal nothing
      .string()
      .transform((text) => text.split(',').map((secret) => secret.trim()))
      .pipe(z.array(z.string().min(32, 'at least 32 characters each')))
      .optional(),
    RELAY_LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
    // As OpenTelemetry names them; relay.yaml says the same under `telemetry`, and wins.
    OTEL_SDK_DISABLED: z.string().optional(),
    OTEL_TRACES_EXPORTER: z.string().optional(),
    OTEL_EXPORTER_OTLP_ENDPOINT: httpUrlSchema.optional(),
    OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: httpUrlSchema.optional(),
    OTEL_SERVICE_NAME: z.string().optional(),
    OTEL_RESOURCE_ATTRIBUTES: z.string().optional(), // key=value,key=value
  })
  .refine(
    (environment) =>
      environment.RELAY_ENCRYPTION_KEY !== undefined || environment.RELAY_ENCRYPTION_KEY_PREVIOUS === undefined,
    {
      path: ['RELAY_ENCRYPTION_KEY'],
      message: 'a secret that seals, beside those before that only open',
    },
  );

export type Environment = z.output<typeof environmentSchema>;

/** Injection token of the parsed `Environment`. */
export const ENVIRONMENT = Symbol('ENVIRONMENT');
