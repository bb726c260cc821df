import {
  cacheEntryPageSchema,
  cacheEntryViewSchema,
  cacheInvalidationSchema,
  cacheStatsSchema,
  invalidatedCacheSchema,
  markedBadHitSchema,
  warmingSchema,
  type BadHit,
  type CacheEntryView,
  type CacheInvalidation,
  type CacheStats,
  type InvalidateCache,
  type InvalidatedCache,
  type MarkedBadHit,
  type StartCacheInvalidation,
  type WarmCache,
  type Warming,
} from '@relay/contracts';
import { type Query, queryText } from './query-text';
import { RelayClient, type RemoteOptions } from './relay-client';

const ENTRIES = '/api/cache/entries';
const INVALIDATIONS = '/api/cache/invalidations';
const WARM = '/api/cache/warm';
const PAGE = 100; // entries a call

/** The cache of a running relay. */
export class RemoteCache {
  private constructor(private readonly client: RelayClient) {}

  static async connect(options: RemoteOptions): Promise<RemoteCache> {
    return new RemoteCache(await RelayClient.connect(options));
  }

  stats(query: Query): Promise<CacheStats> {
    return this.client.get(`/api/cache/stats${queryText(query)}`, cacheStatsSchema);
  }

  /** At most `limit`. */
  async entries(query: Query, limit: number): Promise<CacheEntryView[]> {
    const found: CacheEntryView[] = [];
    let cursor: string | null | undefined;
    do {
      const size = String(Math.min(PAGE, limit - found.length));
      const page: { data: CacheEntryView[]; nextCursor: string | null } = await this.client.get(
        `${ENTRIES}${queryText({ ...query, limit: size, cursor })}`,
        cacheEntryPageSchema,
      );
      found.push(...page.data);
      cursor = page.nextCursor;
    } while (cursor !== null && found.length < limit);
    return found;
  }

  entry(id: string): Promise<CacheEntryView> {
    return this.client.get(`${ENTRIES}/${encodeURIComponent(id)}`, cacheEntryViewSchema);
  }

  invalidate(selector: InvalidateCache): Promise<InvalidatedCache> {
    return this.client.post('/api/cache/invalidate', selector, invalidatedCacheSchema);
  }

  startInvalidation(selector: StartCacheInvalidation): Promise<CacheInvalidation> {
    return this.client.post(INVALIDATIONS, selector, cacheInvalidationSchema);
  }

  invalidation(id: string): Promise<CacheInvalidation> {
    return this.client.get(`${INVALIDATIONS}/${encodeURIComponent(id)}`, cacheInvalidationSchema);
  }

  markBadHit(entry: string, said: BadHit): Promise<MarkedBadHit> {
    return this.client.post(`${ENTRIES}/${encodeURIComponent(entry)}/bad-hit`, said, markedBadHitSchema);
  }

  warm(request: WarmCache): Promise<Warming> {
    return this.client.post(WARM, request, warmingSchema);
  }

  warming(id: string): Promise<Warming> {
    return this.client.get(`${WARM}/${encodeURIComponent(id)}`, warmingSchema);
  }
}
