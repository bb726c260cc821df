import { z } from 'zod';
import { httpUrlSchema } from '../transport.schema';

/** Where the token of a pod lies, unless it was moved. */
const POD_TOKEN = '/var/run/secrets/kubernetes.io/serviceaccount/token';

const mountSchema = z
  .string()
  .regex(/^[A-Za-z0-9._-]+(\/[A-Za-z0-9._-]+)*$/, 'a path without a slash at its ends, e.g. secret or teams/relay');

const secretText = z.string().min(1).max(65_536);

/** How the relay shows Vault who it is. */
const authSchema = z.discriminatedUnion('method', [
  z.strictObject({ method: z.literal('token'), token: secretText }),
  z.strictObject({
    method: z.literal('approle'),
    roleId: secretText,
    secretId: secretText.optional(), // roles may do without
    mount: mountSchema.default('approle'),
  }),
  z.strictObject({
    method: z.literal('kubernetes'),
    role: z.string().min(1).max(256),
    jwtPath: z.string().min(1).default(POD_TOKEN), // read again for each login, as it is renewed
    mount: mountSchema.default('kubernetes'),
  }),
]);

export const vaultSchema = z.strictObject({
  address: httpUrlSchema, // e.g. https://vault.internal:8200
  namespace: z.string().min(1).max(256).optional(), // Vault Enterprise
  mount: mountSchema.default('secret'), // of the KV engine, version 2
  auth: authSchema,
  refreshSeconds: z.int().min(1).max(86_400).default(300), // how often secrets are read again
  timeoutMs: z.int().positive().max(60_000).default(5_000), // of one request
  ca: z.string().min(1).max(1_048_576).optional(), // instead of the well-known authorities
});

export const secretsSchema = z.strictObject({ vault: vaultSchema.optional() }).prefault({});

export type VaultSettings = z.output<typeof vaultSchema>;
