import { z } from 'zod';

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

export const auditVerificationSchema = z
  .object({
    intact: z.boolean(),
    entries: z.number(), // that are what was written, counted from the first
    head: z.string(), // hash of the last of them: kept elsewhere, it also proves that none is missing at the end
  })
  .meta({ id: 'AuditVerification' });

export type AuditPage = z.infer<typeof auditPageSchema>;
export type AuditVerification = z.infer<typeof auditVerificationSchema>;
