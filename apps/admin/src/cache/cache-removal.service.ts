import { type AuthenticatedUser, tenantScope } from '@relay/auth';
import { BadHits, ExactCache, Invalidations, SemanticStore } from '@relay/cache';
import type {
  BadHit,
  CacheWouldRemove,
  InvalidateCache,
  InvalidatedCache,
  MarkedBadHit,
  TraceDetail,
} from '@relay/contracts';
import { CLOCK, err, ok, RelayError, traceIdTime, type Clock, type Result } from '@relay/core';
import { TraceStore } from '@relay/trace';
import { Inject, Injectable } from '@nestjs/common';
import { found, unwrap } from '../http/unwrap';
import { CacheAudit } from './cache-audit';
import { selectorFor } from './selector';

/** A trace that began so lately may not be written yet, in ms: requests may take long. */
const NEW_TRACE_MS = 60_000;
/** It is there some 0.1 s after the answer. */
const LOOK_AGAIN_AFTER_MS = [100, 200, 400, 800];

/** Takes answers out of the cache. A tenant-admin reaches those of the own tenant only. */
@Injectable()
export class CacheRemovalService {
  constructor(
    private readonly invalidations: Invalidations,
    private readonly exact: ExactCache,
    private readonly semantic: SemanticStore,
    private readonly badHits: BadHits,
    private readonly traces: TraceStore,
    private readonly audit: CacheAudit,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** What fits is void in all processes before its copies are removed and counted; that is told, whatever comes of removing them. */
  async invalidate(user: AuthenticatedUser, { dryRun = false, ...body }: InvalidateCache): Promise<InvalidatedCache> {
    const selector = selectorFor(user, body);
    if (dryRun) return { removed: 0, wouldRemove: await this.counted(selector) };
    await unwrap(this.invalidations.invalidate(selector));
    const exact = await this.exact.remove(selector);
    const byMeaning = await this.removeByMeaning(selector);
    const removed = exact + (byMeaning.ok ? byMeaning.value : 0);
    const left = byMeaning.ok ? {} : { left: 'semantic' };
    const told = this.audit.tell(user, 'cache.invalidate', 'cache', { ...selector, removed, ...left });
    await (byMeaning.ok ? told : told.catch(() => undefined)); // the same database: what it refuses first is the answer
    await unwrap(byMeaning);
    return { removed };
  }

  private async counted(selector: InvalidateCache): Promise<CacheWouldRemove> {
    const [exact, semantic] = await Promise.all([this.exact.count(selector), this.semantic.count(selector)]);
    const redis = exact.redis && { count: exact.redis.count, atLeast: exact.redis.atLeast };
    return {
      memory: { count: exact.memory, atLeast: false },
      redis,
      semantic,
      total: { count: exact.total + semantic.count, atLeast: semantic.atLeast || redis?.atLeast === true },
    };
  }

  /** What fits is void by then; its rows, should the database be away, stay until somebody asks again or they expire. */
  private async removeByMeaning(selector: InvalidateCache): Promise<Result<number, RelayError>> {
    try {
      return ok(await this.semantic.remove(selector));
    } catch (cause) {
      const message =
        'What fits is void in all processes; its entries could not be removed from the database. Try again in a moment.';
      return err(new RelayError('unavailable', message, { cause, retryAfterSeconds: 5 }));
    }
  }

  async markBadHit(user: AuthenticatedUser, entryId: string, { trace, comment }: BadHit): Promise<MarkedBadHit> {
    const scope = tenantScope(user);
    const hit = trace === undefined ? null : await this.hitOf(trace, scope);
    if (hit !== null && hit.cacheEntry !== entryId) throw notServedFrom(hit);
    const later = trace !== undefined && hit === null ? () => this.laterSimilarity(trace, scope, entryId) : null;
    const similarity = later ?? hit?.similarity ?? null;
    const report = { entryId, tenantId: scope, similarity, servedTo: hit?.id ?? null };
    const { kind, removed } = await unwrap(this.badHits.mark(report));
    const said = { ...(trace !== undefined && { trace }), ...(comment !== undefined && { comment }) };
    await this.audit.tell(user, 'cache.bad-hit', entryId, { ...said, removed });
    return { entry: entryId, kind, removed };
  }

  /** Null: it is so new that the process which has it may yet be writing it. */
  private async hitOf(trace: string, scope: string | null): Promise<TraceDetail | null> {
    const isNew = this.clock.now() - (traceIdTime(trace) ?? 0) < NEW_TRACE_MS;
    const reading = this.traces.get(trace, scope);
    return isNew ? reading : found(reading, 'trace');
  }

  /** Of a trace that is written meanwhile; null: it does not come, or has no hit on this entry. */
  private async laterSimilarity(trace: string, scope: string | null, entryId: string): Promise<number | null> {
    for (const ms of LOOK_AGAIN_AFTER_MS) {
      await new Promise<void>((resolve) => void this.clock.after(ms, resolve));
      const hit = await this.traces.get(trace, scope).catch(() => null);
      if (hit !== null) return hit.cacheEntry === entryId ? hit.similarity : null;
    }
    return null;
  }
}

function notServedFrom({ cache, cacheEntry }: TraceDetail): RelayError {
  const served = cacheEntry === null ? `from no entry of the cache (${cache})` : `from the entry ${cacheEntry}`;
  return new RelayError(
    'invalid_request',
    `trace: that request was served ${served}; allowed: one served from this entry`,
    {
      param: 'trace',
    },
  );
}
