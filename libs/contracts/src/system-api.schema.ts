import { z } from 'zod';

/** Something about this relay that an operator ought to change, or to know. */
export const systemWarningSchema = z.object({
  code: z.enum([
    'generated-admin-password',
    'no-encryption-key',
    'generated-jwt-secret',
    'config-refused',
    'vault-unread',
    'redis-down',
    'database-down',
    'spool-backlog',
    'traces-dropped',
    'breaker-open',
    'alerts-firing',
  ]),
  severity: z.enum(['info', 'warning', 'critical']),
  message: z.string(),
});

/** A process of this relay, as it last told of itself. */
export const systemProcessSchema = z.object({
  id: z.string(),
  roles: z.array(z.string()),
  version: z.string(),
  startedAt: z.string(),
  seenAt: z.string(),
  spool: z.object({ queued: z.number(), bytes: z.number(), dropped: z.number() }),
  openBreakers: z.array(z.string()), // providers none of whose targets are called
});

/** The relay itself: what runs, on what, and what is wrong with it. No secrets. */
export const systemSchema = z
  .object({
    version: z.string(),
    nodeVersion: z.string(),
    startedAt: z.string(), // of the process that answers, as all below that is not of a store
    uptimeMs: z.number(),
    roles: z.array(z.string()),
    form: z.enum(['embedded', 'distributed']),
    processes: z.array(systemProcessSchema), // that were seen in the last minutes
    database: z.object({
      kind: z.enum(['pglite', 'postgres']),
      state: z.enum(['up', 'down']),
      version: z.string().nullable(),
      bytes: z.number().nullable(),
      migrations: z.object({ applied: z.number(), known: z.number(), last: z.string().nullable() }),
    }),
    redis: z.object({ configured: z.boolean(), state: z.enum(['up', 'down', 'none']) }),
    spool: z.object({
      queued: z.number(),
      bytes: z.number(),
      dropped: z.number(),
      rejected: z.number(),
      lastError: z.string().nullable(),
    }),
    queues: z.object({
      backend: z.enum(['redis', 'postgres']),
      maintenance: z.object({ waiting: z.number(), active: z.number(), failed: z.number() }).nullable(),
    }),
    retention: z.object({ tracesDays: z.number(), responsesDays: z.number(), alertsDays: z.number() }),
    config: z.object({
      file: z.string().nullable(), // its name; null: everything was found in the environment
      providers: z.number(),
      models: z.number(),
      tenants: z.number(),
      loadedAt: z.string(),
      lastReload: z.object({ at: z.string(), applied: z.boolean(), problems: z.array(z.string()) }).nullable(),
    }),
    vault: z // null: nothing refers to it
      .object({ references: z.number(), readAt: z.string().nullable(), problem: z.string().nullable() })
      .nullable(),
    encryption: z.boolean(), // RELAY_ENCRYPTION_KEY is set
    alerts: z.object({ firing: z.number(), critical: z.number() }).nullable(), // null: the database is down
    warnings: z.array(systemWarningSchema), // the worst first
  })
  .meta({ id: 'System' });

export type System = z.infer<typeof systemSchema>;
export type SystemWarning = z.infer<typeof systemWarningSchema>;
export type SystemProcess = z.infer<typeof systemProcessSchema>;
