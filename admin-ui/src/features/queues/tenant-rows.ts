import type { Schemas } from '../../api/client';

type Pool = Schemas['Pool'];
type Facet = Schemas['TraceFacets']['facets']['tenant'];

export interface TenantRow {
  readonly id: string;
  readonly weight: number;
  readonly waiting: number;
  readonly requests: number;
  readonly tokens: number;
  readonly share: number | null; // of the tokens of all
  readonly fairShare: number | null; // by weight, among those that were served or wait
  readonly rejected: number;
  readonly degraded: number;
}

interface Sources {
  readonly pools: readonly Pool[];
  readonly tenants: readonly Pick<Schemas['Tenant'], 'id' | 'weight'>[];
  readonly served: readonly Pick<
    Schemas['TraceHistogram']['groups'][number],
    'key' | 'requests' | 'rejected' | 'inputTokens' | 'outputTokens'
  >[];
  readonly degraded: Facet;
}

/** Tokens count as the scheduler counts them: those of answers twice (docs/scheduling.md). */
const OUTPUT_FACTOR = 2;

/** Everybody who waits or was served lately, who has most first. */
export function tenantRows({ pools, tenants, served, degraded }: Sources): readonly TenantRow[] {
  const waiting = new Map<string, number>();
  for (const { tenants: lines } of pools)
    for (const line of lines) waiting.set(line.id, (waiting.get(line.id) ?? 0) + line.waiting);
  const usage = new Map(served.flatMap((row) => (row.key === null ? [] : [[row.key, row] as const])));
  const weights = new Map(tenants.map(({ id, weight }) => [id, weight]));
  const steps = new Map(degraded.map(({ value, count }) => [value, count]));
  const ids = [...new Set([...waiting.keys(), ...usage.keys()])];
  const weightOf = (id: string): number => weights.get(id) ?? 1;
  const tokensOf = (id: string): number => {
    const row = usage.get(id);
    return row ? row.inputTokens + OUTPUT_FACTOR * row.outputTokens : 0;
  };
  const sum = (of: (id: string) => number): number => ids.reduce((all, id) => all + of(id), 0);
  const [allTokens, allWeights] = [sum(tokensOf), sum(weightOf)];
  return ids
    .map((id) => ({
      id,
      weight: weightOf(id),
      waiting: waiting.get(id) ?? 0,
      requests: usage.get(id)?.requests ?? 0,
      tokens: tokensOf(id),
      share: allTokens === 0 ? null : tokensOf(id) / allTokens,
      fairShare: allWeights === 0 ? null : weightOf(id) / allWeights,
      rejected: usage.get(id)?.rejected ?? 0,
      degraded: steps.get(id) ?? 0,
    }))
    .sort((a, b) => b.waiting - a.waiting || b.tokens - a.tokens || a.id.localeCompare(b.id));
}
