import { z } from 'zod';
import { pageQuerySchema } from './tenant-api.schema';

const tenant = z.string().min(1).max(128);
const keyId = z.string().min(1).max(128);
/** Nine decimals: budgets are counted in billionths of a USD. As a number, or exactly as a decimal string. */
const usdSchema = z
  .union([z.number(), z.string()], 'USD, such as 500 or "0.25"')
  .transform(String)
  .refine(
    (text) => /^\d{1,9}(\.\d{1,9})?$/.test(text) && Number(text) > 0,
    'more than 0 USD, below 1000000000, at most 9 decimals',
  );
/** Shares of the limit, such as 0.8; above 1 for what comes after a soft limit. */
const alertsSchema = z
  .array(z.number().positive().max(10).multipleOf(0.0001))
  .max(10)
  .refine((alerts) => new Set(alerts).size === alerts.length, 'each threshold once');

export const budgetPeriodSchema = z.enum(['month', 'day']); // of the calendar, UTC

export const createBudgetSchema = z
  .strictObject({
    tenant,
    keyId: keyId.nullable().default(null), // null: of the whole tenant
    period: budgetPeriodSchema,
    limitUsd: usdSchema,
    hard: z.boolean().default(true), // 402 when it is used up; else it only warns
    alerts: alertsSchema.default([0.5, 0.8, 1]),
  })
  .meta({ id: 'CreateBudget' });

export const updateBudgetSchema = z
  .strictObject({ limitUsd: usdSchema.optional(), hard: z.boolean().optional(), alerts: alertsSchema.optional() })
  .meta({ id: 'UpdateBudget' });

export const budgetQuerySchema = pageQuerySchema.extend({ tenant: tenant.optional() });

export const budgetViewSchema = z
  .object({
    id: z.string(), // of relay.yaml: config:<tenant>:<period>
    source: z.enum(['config', 'database']),
    tenant: z.string(),
    keyId: z.string().nullable(),
    period: budgetPeriodSchema,
    limitUsd: z.string(),
    hard: z.boolean(),
    alerts: z.array(z.number()),
    spentUsd: z.string(), // in stored traces
    heldUsd: z.string().nullable(), // set aside for calls under way; null: not known
    remainingUsd: z.string(), // at least 0
    periodStart: z.string(),
    resetsAt: z.string(),
    forecastUsd: z.string().nullable(), // of a month, of a tenant: what it will come to; null: too little is known
    state: z.enum(['ok', 'warned', 'exceeded']), // warned: a threshold was crossed
  })
  .meta({ id: 'Budget' });
export const budgetPageSchema = z
  .object({ data: z.array(budgetViewSchema), nextCursor: z.string().nullable() })
  .meta({ id: 'BudgetPage' });

export type BudgetPeriod = z.infer<typeof budgetPeriodSchema>;
export type CreateBudget = z.infer<typeof createBudgetSchema>;
export type UpdateBudget = z.infer<typeof updateBudgetSchema>;
export type BudgetQuery = z.infer<typeof budgetQuerySchema>;
export type BudgetView = z.infer<typeof budgetViewSchema>;
export type BudgetPage = z.infer<typeof budgetPageSchema>;
