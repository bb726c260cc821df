import { z } from 'zod';
import { pageQuerySchema } from './tenant-api.schema';
import { timeRangeShape } from './time.schema';
import { shownText } from './storable-text';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

export const alertKindSchema = z.enum([
  'error-rate',
  'latency-p95',
  'ttft-p95',
  'hit-rate-drop',
  'quality-drop',
  'provider-down',
  'budget',
  'spend-rate',
  'queue-wait',
  'spool-backlog',
  'canary-stopped',
]);
export const alertSeveritySchema = z.enum(['info', 'warning', 'critical']);
export const alertStateSchema = z.enum(['pending', 'firing', 'resolved']);
export const alertUnitSchema = z.enum(['share', 'ms', 'usd-per-hour', 'bytes', 'count']);
export const alertSubjectSchema = z.enum(['tenant', 'model', 'provider']);

const alertIdSchema = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,63}$/, 'small letters, digits and "-", at most 64, starting with a letter or digit');
const name = shownText(128);
const span = (least: number, most: number) => z.int().min(least).max(most);

/** What a rule can say; what it leaves out follows from its kind (docs/alerts.md). */
const ruleFields = {
  kind: alertKindSchema,
  enabled: z.boolean().default(true),
  scope: z // requests of all that is named; nothing: all requests
    .strictObject({ tenant: name.optional(), model: name.optional(), provider: name.optional() })
    .prefault({}),
  by: alertSubjectSchema.optional(), // each of them is watched, and alerts, on its own
  threshold: z.number().positive().max(1e12).optional(), // in the unit of the kind; it fires from this value on
  windowMs: span(60_000, DAY_MS).optional(), // that is looked at
  minRequests: z.int().min(1).max(1_000_000).optional(), // with fewer in the window nothing is said
  forMs: span(0, DAY_MS).default(0), // so long the threshold has to be reached before it fires
  keepMs: span(60_000, DAY_MS).default(300_000), // so long it has to be clear before it is resolved
  repeatMs: span(300_000, 7 * DAY_MS).default(4 * HOUR_MS), // told again while it fires and nobody has acknowledged it
  severity: alertSeveritySchema.default('warning'),
  channels: z.array(alertIdSchema).max(16).default([]), // ids of channels; without any it only shows in the history
};

export const alertRuleSchema = z.strictObject({ id: alertIdSchema, ...ruleFields }).meta({ id: 'CreateAlertRule' });
export const changeAlertRuleSchema = z
  .strictObject({
    enabled: z.boolean(),
    scope: ruleFields.scope.unwrap(),
    by: alertSubjectSchema.nullable(),
    threshold: z.number().positive().max(1e12),
    windowMs: span(60_000, DAY_MS),
    minRequests: z.int().min(1).max(1_000_000),
    forMs: ruleFields.forMs.unwrap(),
    keepMs: ruleFields.keepMs.unwrap(),
    repeatMs: ruleFields.repeatMs.unwrap(),
    severity: alertSeveritySchema,
    channels: ruleFields.channels.unwrap(),
  })
  .partial()
  .meta({ id: 'ChangeAlertRule' });

/** A rule with all that it leaves out filled in. Those of relay.yaml cannot be changed over HTTP; a change of a built-in one is kept in the database. */
export const alertRuleViewSchema = z
  .object({
    id: z.string(),
    kind: alertKindSchema,
    enabled: z.boolean(),
    scope: z.object({ tenant: z.string().nullable(), model: z.string().nullable(), provider: z.string().nullable() }),
    by: alertSubjectSchema.nullable(),
    threshold: z.number(),
    unit: alertUnitSchema,
    windowMs: z.number(),
    minRequests: z.number(),
    forMs: z.number(),
    keepMs: z.number(),
    repeatMs: z.number(),
    severity: alertSeveritySchema,
    channels: z.array(z.string()),
    source: z.enum(['config', 'database', 'builtin']),
  })
  .meta({ id: 'AlertRule' });
export const alertRulePageSchema = z
  .object({ data: z.array(alertRuleViewSchema), nextCursor: z.null() })
  .meta({ id: 'AlertRulePage' });

/** What was told of an alert, or is still to be told. */
export const alertNoticeSchema = z.object({
  id: z.string(), // the same at each try: whoever gets it twice can tell
  channel: z.string(),
  event: z.enum(['firing', 'repeat', 'resolved']),
  state: z.enum(['waiting', 'sent', 'given-up']),
  attempts: z.number(),
  at: z.string(),
  sentAt: z.string().nullable(),
  error: z.string().nullable(), // of the last try
});

export const alertSchema = z
  .object({
    id: z.string(),
    rule: z.string(),
    kind: alertKindSchema,
    subject: z.string().nullable(), // the tenant, model or provider, where a rule watches each on its own
    scope: alertRuleViewSchema.shape.scope,
    severity: alertSeveritySchema,
    state: alertStateSchema,
    value: z.number(), // the last that was seen, in the unit
    peak: z.number(),
    threshold: z.number(),
    unit: alertUnitSchema,
    message: z.string(),
    since: z.string(), // the threshold was reached
    firedAt: z.string().nullable(),
    resolvedAt: z.string().nullable(),
    returns: z.number(), // how often it had come back within an hour when it fired
    acknowledgedAt: z.string().nullable(),
    acknowledgedBy: z.string().nullable(),
    notices: z.array(alertNoticeSchema),
  })
  .meta({ id: 'Alert' });
export const alertPageSchema = z
  .object({ data: z.array(alertSchema), nextCursor: z.string().nullable() })
  .meta({ id: 'AlertPage' });
export const alertQuerySchema = pageQuerySchema.extend({
  state: alertStateSchema.optional(),
  severity: alertSeveritySchema.optional(),
  rule: z.string().max(64).optional(),
  ...timeRangeShape, // of `since`
});

export const alertChannelKindSchema = z.enum(['webhook', 'slack']);

/** Where alerts are told. What it is called by (`url`, `secret`) is never shown again. */
export const alertChannelSchema = z
  .strictObject({
    id: alertIdSchema,
    kind: alertChannelKindSchema,
    url: z
      .url({ protocol: /^https?$/, error: 'a URL that begins with http:// or https://' })
      .max(2_048)
      .refine((url) => !isLinkLocal(url), 'a URL whose host is not a link-local address'),
    secret: z.string().min(16, 'at least 16 characters').max(512).optional(), // webhook: signs what is sent
  })
  .meta({ id: 'CreateAlertChannel' });

/** The addresses where clouds tell machines their credentials, in the forms that URLs are normalised to. */
function isLinkLocal(url: string): boolean {
  const { hostname } = URL.canParse(url) ? new URL(url) : { hostname: '' };
  return /^169\.254\.|^\[fe[89ab]|^\[::ffff:a9fe:/.test(hostname);
}

export const alertChannelViewSchema = z
  .object({
    id: z.string(),
    kind: alertChannelKindSchema,
    origin: z.string(), // scheme, host and port of its URL; the rest may be secret
    signed: z.boolean(),
    source: z.enum(['config', 'database']),
  })
  .meta({ id: 'AlertChannel' });
export const alertChannelPageSchema = z
  .object({ data: z.array(alertChannelViewSchema), nextCursor: z.null() })
  .meta({ id: 'AlertChannelPage' });

export const channelTestSchema = z
  .object({
    delivered: z.boolean(),
    httpStatus: z.number().nullable(),
    error: z.string().nullable(),
    durationMs: z.number(),
  })
  .meta({ id: 'AlertChannelTest' });

export type AlertKind = z.infer<typeof alertKindSchema>;
export type AlertUnit = z.infer<typeof alertUnitSchema>;
export type AlertSubject = z.infer<typeof alertSubjectSchema>;
export type AlertRuleInput = z.output<typeof alertRuleSchema>;
export type ChangeAlertRule = z.infer<typeof changeAlertRuleSchema>;
export type AlertRuleView = z.infer<typeof alertRuleViewSchema>;
export type AlertRulePage = z.infer<typeof alertRulePageSchema>;
export type AlertNotice = z.infer<typeof alertNoticeSchema>;
export type Alert = z.infer<typeof alertSchema>;
export type AlertPage = z.infer<typeof alertPageSchema>;
export type AlertQuery = z.infer<typeof alertQuerySchema>;
export type AlertChannelKind = z.infer<typeof alertChannelKindSchema>;
export type AlertChannelInput = z.output<typeof alertChannelSchema>;
export type AlertChannelView = z.infer<typeof alertChannelViewSchema>;
export type AlertChannelPage = z.infer<typeof alertChannelPageSchema>;
export type ChannelTest = z.infer<typeof channelTestSchema>;
