import type { UsageFilters } from '@relay/contracts';

/** What usage is told apart by, besides the hour; columns of the four tables. */
export const DIMENSIONS = ['tenant', 'key_id', 'model', 'served_model', 'provider', 'policy', 'rule'] as const;
export type Dimension = (typeof DIMENSIONS)[number];

/** What is added up. Counts and tokens are whole, money is exact. */
export const ADDED = [
  'requests',
  'ok',
  'errors',
  'rejected',
  'aborted',
  'hits_exact_l1',
  'hits_exact_l2',
  'hits_semantic',
  'hits_coalesced',
  'unpriced',
  'estimated',
  'input_tokens',
  'cached_input_tokens',
  'output_tokens',
  'reasoning_tokens',
  'saved_tokens',
  'cost_usd',
  'saved_usd',
  'saved_by_routing_usd',
] as const;

/** What is merged by joining bytes, see latency-sketch.ts. */
export const SKETCHES = ['latency', 'ttft'] as const;

export const MEASURES = [...ADDED, ...SKETCHES];

export type Grain = 'hourly' | 'daily';

/** Rows by tag are kept apart: a request with two tags counts under both, and must not count twice in a sum. */
export const tableOf = (grain: Grain, tagged: boolean): string => (tagged ? `usage_tags_${grain}` : `usage_${grain}`);

/** Sums of a tenant by one dimension or by none, from which most questions are answered. */
export const marginsOf = (grain: Grain): string => `usage_margins_${grain}`;

/** Before the dimension of rows that are of all tenants together. */
export const OF_ALL = 'all:';

export type Margin = Dimension | 'tag' | 'none';

export const dimensionsOf = (tagged: boolean): readonly string[] => (tagged ? ['tag', ...DIMENSIONS] : DIMENSIONS);

/** The filters' columns. A tag is no column of all rows. */
export const FILTERED = {
  tenant: 'tenant',
  key: 'key_id',
  model: 'model',
  servedModel: 'served_model',
  provider: 'provider',
  policy: 'policy',
  rule: 'rule',
} as const satisfies Record<Exclude<keyof UsageFilters, 'tag'>, Dimension>;
