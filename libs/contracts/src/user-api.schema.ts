import { z } from 'zod';
import { roleSchema } from './admin-api.schema';

/** Characters of a password. No other rule, but that it is not the e-mail address: length is what counts (NIST SP 800-63B). */
export const PASSWORD_CHARS = { min: 12, max: 1_024 } as const;

const emailSchema = z
  .email('an e-mail address of ASCII characters, such as ann@example.org')
  .max(254, 'at most 254 characters');
const passwordSchema = z
  .string()
  .min(PASSWORD_CHARS.min, `at least ${PASSWORD_CHARS.min} characters`)
  .max(PASSWORD_CHARS.max, `at most ${PASSWORD_CHARS.max} characters`);
const tenantSchema = z.string().min(1).max(128).nullable(); // only and always of a tenant-admin

/** A user as owners manage them. */
export const managedUserSchema = z
  .object({
    id: z.string(),
    email: z.string(),
    role: roleSchema,
    tenant: z.string().nullable(), // of a tenant-admin
    createdAt: z.string(), // ISO 8601
    disabledAt: z.string().nullable(),
  })
  .meta({ id: 'ManagedUser' });

export const userPageSchema = z
  .object({ data: z.array(managedUserSchema), nextCursor: z.string().nullable() })
  .meta({ id: 'UserPage' });

export const userQuerySchema = z.strictObject({
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: z.string().max(400).optional(),
  role: roleSchema.optional(),
  tenant: z.string().min(1).max(128).optional(),
});

export const createUserSchema = z
  .strictObject({ email: emailSchema, password: passwordSchema, role: roleSchema, tenant: tenantSchema.default(null) })
  .meta({ id: 'CreateUser' });

/** What is left out stays. A new password or `disabled: true` ends all sessions of the user. */
export const updateUserSchema = z
  .strictObject({
    role: roleSchema.optional(),
    tenant: tenantSchema.optional(),
    disabled: z.boolean().optional(),
    password: passwordSchema.optional(),
  })
  .refine((change) => Object.keys(change).length > 0, 'name at least one of role, tenant, disabled, password')
  .meta({ id: 'UpdateUser' });

export type ManagedUser = z.infer<typeof managedUserSchema>;
export type UserPage = z.infer<typeof userPageSchema>;
export type UserQuery = z.infer<typeof userQuerySchema>;
export type CreateUser = z.infer<typeof createUserSchema>;
export type UpdateUser = z.infer<typeof updateUserSchema>;
