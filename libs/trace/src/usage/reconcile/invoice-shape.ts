import type { ReconcileInvoice } from '@relay/contracts';

export type InvoiceColumn = keyof ReconcileInvoice['columns'];

/**
 * Names of columns in exports of providers and of bills made by hand, in small letters with `_` between words; the first that is there is taken.
 * OpenAI: costs and activity exports of the usage dashboard. Anthropic: the cost and usage CSV of the console.
 */
const NAMES: Record<InvoiceColumn, readonly string[]> = {
  day: [
    'day',
    'date',
    'usage_date_utc',
    'usage_date',
    'start_time_iso',
    'start_time',
    'bucket_start',
    'timestamp',
    'time',
  ],
  model: ['model', 'model_name', 'model_version', 'line_item', 'sku', 'description'],
  requests: ['requests', 'num_model_requests', 'n_requests', 'request_count', 'count'],
  inputTokens: ['input_tokens', 'n_context_tokens_total', 'prompt_tokens', 'tokens_in'],
  outputTokens: ['output_tokens', 'n_generated_tokens_total', 'completion_tokens', 'tokens_out'],
  usd: ['cost_usd', 'amount_usd', 'usd', 'amount_value', 'amount', 'cost', 'total_cost', 'total', 'cost_in_major'],
  currency: ['currency', 'amount_currency'],
};

export interface InvoiceShape {
  readonly name: 'openai-costs' | 'openai-activity' | 'anthropic-cost' | 'generic';
  /** Places of columns in a line, and what they are called there. */
  readonly places: ReadonlyMap<InvoiceColumn, { readonly place: number; readonly name: string }>;
}

/** Columns that are named (`said`) must be there; null: `said` names one that is not, in `missing`. */
export function shapeOf(
  head: readonly string[],
  said: ReconcileInvoice['columns'],
): InvoiceShape | { readonly missing: string } {
  const names = head.map(normal);
  const places = new Map<InvoiceColumn, { place: number; name: string }>();
  for (const column of Object.keys(NAMES) as InvoiceColumn[]) {
    const wanted = said[column];
    const place = wanted === undefined ? firstOf(names, NAMES[column]) : names.indexOf(normal(wanted));
    if (wanted !== undefined && place < 0) return { missing: wanted };
    if (place >= 0) places.set(column, { place, name: head[place] ?? '' });
  }
  return { name: nameOf(names), places };
}

function nameOf(names: readonly string[]): InvoiceShape['name'] {
  if (names.includes('amount_value') && names.includes('line_item')) return 'openai-costs';
  if (names.includes('num_model_requests') || names.includes('n_context_tokens_total')) return 'openai-activity';
  return names.includes('usage_date_utc') ? 'anthropic-cost' : 'generic';
}

const normal = (name: string): string =>
  name
    .trim()
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_|_$/g, '');

function firstOf(names: readonly string[], known: readonly string[]): number {
  for (const name of known) {
    const place = names.indexOf(name);
    if (place >= 0) return place;
  }
  return -1;
}
