import { alertChannelSchema, alertRuleSchema } from '@relay/contracts';
import { z } from 'zod';

const MAX_CHANNELS = 50;
const MAX_RULES = 200;

const uniqueIds = (items: readonly { readonly id: string }[]): boolean =>
  new Set(items.map(({ id }) => id)).size === items.length;

/** What the relay watches by itself, and whom it tells. More rules and channels can be made over the API; those of the file win. */
export const alertsSchema = z
  .strictObject({
    builtin: z.boolean().default(true), // rules without channels, so that the history shows what was wrong
    retentionDays: z.int().positive().max(3_650).default(90), // of alerts that are resolved
    channels: z.array(alertChannelSchema).max(MAX_CHANNELS).refine(uniqueIds, 'each id once').default([]),
    rules: z.array(alertRuleSchema).max(MAX_RULES).refine(uniqueIds, 'each id once').default([]),
  })
  .refine(
    ({ channels, rules }) => {
      const known = new Set(channels.map(({ id }) => id));
      return rules.every((rule) => rule.channels.every((id) => known.has(id)));
    },
    { path: ['rules'], message: 'only channels of this file' },
  )
  .prefault({});
