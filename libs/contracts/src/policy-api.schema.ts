import { z } from 'zod';
import { policyCanarySchema } from './policy-canary.schema';

/**
 * `7` (the version of that number, if but one name has it), `default@7`, `published`, `latest` (the newest, drafts
 * included), `file` (the policy of relay.yaml; where a policy may be read that is not in the database).
 */
export const policyRefSchema = z
  .string()
  .regex(
    /^(published|latest|file|([A-Za-z0-9._-]{1,64}@)?[1-9]\d{0,9})$/,
    'a version number, name@version, published, latest or file',
  );

/** One thing wrong with a policy (error), or most likely not meant (warning). */
export const policyProblemSchema = z
  .object({
    line: z.number(), // from 1
    column: z.number(), // from 1
    path: z.string(), // in the document, e.g. rules[0].when
    found: z.string(),
    allowed: z.string(),
    severity: z.enum(['error', 'warning']),
  })
  .meta({ id: 'PolicyProblem' });

export const policyVersionSchema = z
  .object({
    name: z.string(),
    version: z.number(),
    /** canary: tried on a share; stopped: it was, and is not to be changed any more; file: the policy of relay.yaml, no version of the database. */
    status: z.enum(['draft', 'canary', 'stopped', 'published', 'superseded', 'file']),
    digest: z.string(), // SHA-256 of the document as canonical JSON, its number left out: equal digests, equal policies
    note: z.string().nullable(),
    basedOn: z.string().nullable(), // name@version that was published when the draft was made; null: none was
    createdBy: z.string(), // e-mail address; the file's path for the one of relay.yaml
    createdAt: z.string().nullable(), // ISO 8601; null for the one of relay.yaml
    publishedBy: z.string().nullable(),
    publishedAt: z.string().nullable(),
  })
  .meta({ id: 'PolicyVersion' });

export const policyVersionDetailSchema = policyVersionSchema
  .extend({
    source: z.string(), // YAML as written, its number replaced; of the file: what was read of it and of what it includes
    problems: z.array(policyProblemSchema), // with the configuration in force; a version that has errors cannot be published
  })
  .meta({ id: 'PolicyVersionDetail' });

export const policyVersionPageSchema = z
  .object({ data: z.array(policyVersionSchema), nextCursor: z.string().nullable() })
  .meta({ id: 'PolicyVersionPage' });

const summarySchema = z.object({ name: z.string(), version: z.number(), digest: z.string() });

/** What is in force in the process that answers, and why. */
export const policyOverviewSchema = z
  .object({
    ...summarySchema.shape,
    source: z.enum(['database', 'file']), // the database's published version wins once there is one
    file: summarySchema.extend({ path: z.string() }), // the policy of relay.yaml, or the one built in
    published: policyVersionSchema.nullable(), // what ought to be in force, and is unless there are problems
    canary: policyCanarySchema.nullable(), // the one that runs, or else the last one
    agree: z.boolean(), // whether the published version says what the file says; true without a published version
    problems: z.array(z.string()), // why the published version is not in force in this process, if it is not
  })
  .meta({ id: 'PolicyOverview' });

/** A policy as YAML text, which keeps its comments, or as the document itself. */
const contentShape = {
  source: z.string().optional(),
  document: z.record(z.string(), z.unknown()).optional(),
};
const hasOneContent = (body: { source?: unknown; document?: unknown }): boolean =>
  (body.source === undefined) !== (body.document === undefined);
const ONE_CONTENT = { message: 'either `source` or `document`', path: ['source'] };

const draftShape = {
  ...contentShape,
  note: z.string().max(2_000).optional(),
  /** What it was made from; `file` where no version was published. Default: what is published (a new draft), or as it was. */
  basedOn: policyRefSchema.optional(),
};

export const createPolicyDraftSchema = z
  .strictObject(draftShape)
  .refine(hasOneContent, ONE_CONTENT)
  .meta({ id: 'CreatePolicyDraft' });

const expectedDigest = z
  .string()
  .regex(/^[0-9a-f]{64}$/, '64 hex digits')
  .optional(); // refuse if the draft is not, or no longer, this one

export const updatePolicyDraftSchema = z
  .strictObject({ ...draftShape, expectedDigest })
  .refine(hasOneContent, ONE_CONTENT)
  .meta({ id: 'UpdatePolicyDraft' });

export const publishPolicySchema = z.strictObject({ expectedDigest }).meta({ id: 'PublishPolicy' }).prefault({});

export const rollbackPolicySchema = z
  .strictObject({ version: policyRefSchema, note: z.string().max(2_000).optional() })
  .meta({ id: 'RollbackPolicy' });

export const lintPolicySchema = z.strictObject({ source: z.string() }).meta({ id: 'LintPolicy' });
export const policyLintReplySchema = z
  .object({ problems: z.array(policyProblemSchema) })
  .meta({ id: 'PolicyLintReply' });

export const policyDiffQuerySchema = z.strictObject({
  from: policyRefSchema,
  to: policyRefSchema,
});

/** A field that differs; `undefined` on the side that does not have it. */
const fieldChangeSchema = z.object({
  path: z.string(), // e.g. then.route.candidates
  from: z.unknown().optional(),
  to: z.unknown().optional(),
});

/** Rules by their ids. `moved`: those that stand elsewhere among the rules that both have. */
const rulesDiffSchema = z.object({
  added: z.array(z.string()),
  removed: z.array(z.string()),
  moved: z.array(z.string()),
  changed: z.array(z.object({ id: z.string(), fields: z.array(fieldChangeSchema) })),
});

export const policyDiffSchema = z
  .object({
    from: z.string(), // name@version
    to: z.string(),
    equal: z.boolean(), // apart from their numbers
    fields: z.array(fieldChangeSchema), // of the document, its defaults included, its rules and tenants excluded
    rules: rulesDiffSchema,
    tenants: z.array(
      z.object({
        tenant: z.string(),
        change: z.enum(['added', 'removed', 'changed']),
        fields: z.array(fieldChangeSchema),
        rules: rulesDiffSchema,
      }),
    ),
    text: z.string().nullable(), // unified diff; null where the two have too little in common to tell it in time
    textOf: z.enum(['source', 'document']), // document: one side has no source of its own, so both are rendered alike
  })
  .meta({ id: 'PolicyDiff' });

export type PolicyProblemView = z.infer<typeof policyProblemSchema>;
export type PolicyVersion = z.infer<typeof policyVersionSchema>;
export type PolicyVersionDetail = z.infer<typeof policyVersionDetailSchema>;
export type PolicyVersionPage = z.infer<typeof policyVersionPageSchema>;
export type PolicyOverview = z.infer<typeof policyOverviewSchema>;
export type CreatePolicyDraft = z.infer<typeof createPolicyDraftSchema>;
export type UpdatePolicyDraft = z.infer<typeof updatePolicyDraftSchema>;
export type PublishPolicy = z.infer<typeof publishPolicySchema>;
export type RollbackPolicy = z.infer<typeof rollbackPolicySchema>;
export type LintPolicy = z.infer<typeof lintPolicySchema>;
export type PolicyLintReply = z.infer<typeof policyLintReplySchema>;
export type PolicyDiffQuery = z.infer<typeof policyDiffQuerySchema>;
export type PolicyFieldChange = z.infer<typeof fieldChangeSchema>;
export type PolicyRulesDiff = z.infer<typeof rulesDiffSchema>;
export type PolicyDiff = z.infer<typeof policyDiffSchema>;
