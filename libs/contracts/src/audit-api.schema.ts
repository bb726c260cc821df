import { z } from 'zod';
import { timeRangeShape } from './time.schema';

export const auditEntrySchema = z
  .object({
    seq: z.number(),
    at: z.string(), // ISO 8601
    actor: z.object({ id: z.string(), email: z.string() }),
    action: z.string(), // e.g. policy.publish
    target: z.string(), // e.g. default@7
    detail: z.record(z.string(), z.unknown()),
    prevHash: z.string(), // of the entry before; 64 zeros for the first
    hash: z.string(), // SHA-256 of prevHash and the entry as canonical JSON, in hex
  })
  .meta({ id: 'AuditEntry' });

export const auditPageSchema = z
  .object({ data: z.array(auditEntrySchema), nextCursor: z.string().nullable() })
  .meta({ id: 'AuditPage' });

export const auditQuerySchema = z.strictObject({
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: z.string().max(400).optional(),
  actor: z.string().min(1).max(254).optional(), // an id or an e-mail address
  action: z
    .string()
    .regex(/^[a-z][a-z0-9-]*(\.[a-z][a-z0-9-]*)?$/, 'an action such as key.revoke, or what comes before its dot')
    .max(64)
    .optional(),
  target: z.string().min(1).max(400).optional(),
  ...timeRangeShape, // `from` inclusive, `to` not
});

const hashSchema = z.string().regex(/^[0-9a-f]{64}$/, 'a SHA-256 in hex: 64 digits and lower-case letters');

export const auditVerifyQuerySchema = z.strictObject({
  head: hashSchema.optional(), // of a verification before, kept elsewhere: it has to be in the log still
});

export const auditVerificationSchema = z
  .object({
    intact: z.boolean(), // false also where `head` was asked for and is not there
    entries: z.number(), // that are what was written, counted from the first
    head: z.string(), // hash of the last of them: kept elsewhere, it also proves that none is missing at the end
    broken: z // the first entry that is not what was written, or not where it was
      .object({ seq: z.number(), reason: z.enum(['missing', 'moved', 'changed', 'head-missing']) })
      .nullable(),
  })
  .meta({ id: 'AuditVerification' });

export type AuditPage = z.infer<typeof auditPageSchema>;
export type AuditQuery = z.infer<typeof auditQuerySchema>;
export type AuditVerifyQuery = z.infer<typeof auditVerifyQuerySchema>;
export type AuditVerification = z.infer<typeof auditVerificationSchema>;
