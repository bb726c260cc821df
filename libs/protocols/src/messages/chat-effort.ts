import { isJsonObject, type JsonObject } from '../json/json-object';
import { wantsThinking } from './blocks';

/** Budgets of thinking, in tokens, from which an effort is meant. */
const MEDIUM_BUDGET = 4_096;
const HIGH_BUDGET = 16_384;

/** Chat's names for efforts; whatever is beyond `high` is not known by all of its servers. */
const EFFORTS: Readonly<Record<string, string>> = {
  low: 'low',
  medium: 'medium',
  high: 'high',
  xhigh: 'high',
  max: 'high',
};

/** How hard the model shall think, in chat's word for it; undefined where the app leaves it to the model. */
export function chatEffort(body: JsonObject): string | undefined {
  const { thinking, output_config: output } = body;
  const effort = isJsonObject(output) && typeof output['effort'] === 'string' ? EFFORTS[output['effort']] : undefined;
  if (effort !== undefined || !wantsThinking(body)) return effort;
  const budget = isJsonObject(thinking) ? thinking['budget_tokens'] : undefined;
  if (typeof budget !== 'number') return undefined;
  if (budget < MEDIUM_BUDGET) return 'low';
  return budget < HIGH_BUDGET ? 'medium' : 'high';
}
