import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, err, ok, RelayError, type Clock, type Result } from '@relay/core';
import { ExactCache } from '../exact-cache.service';
import { Invalidations } from '../invalidation/invalidations.service';
import { OwnerDirectory } from '../invalidation/owner-directory';
import { LabelBook } from './labels/label-book.service';
import { SemanticStore } from './store/semantic-store';

const EXACT_KEY = /^[0-9a-f]{64}$/;
const UUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/;

export interface BadHitReport {
  /** As `x-relay-cache-entry` has it: an exact key or the UUID of a semantic entry. */
  readonly entryId: string;
  /** Whose entry it has to be; null: whoever reports may see all. */
  readonly tenantId: string | null;
  /** Of the hit that was wrong; null if nobody knows. */
  readonly similarity: number | null;
}

export interface BadHitOutcome {
  readonly kind: 'exact' | 'semantic';
  /** Entries that are not served any more. */
  readonly removed: number;
}

/** Takes an entry out of service everywhere at once, because somebody was served something wrong from it. */
@Injectable()
export class BadHits {
  constructor(
    private readonly exact: ExactCache,
    private readonly invalidations: Invalidations,
    private readonly store: SemanticStore,
    private readonly labels: LabelBook,
    private readonly owners: OwnerDirectory,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Errors: `not_found` (no such entry, or somebody else's), `unavailable` (the other processes could not be told). */
  async mark(report: BadHitReport): Promise<Result<BadHitOutcome, RelayError>> {
    if (EXACT_KEY.test(report.entryId)) return this.markExact(report);
    if (UUID.test(report.entryId)) return this.markSemantic(report);
    return err(new RelayError('not_found', 'There is no such entry in the cache.', { param: 'entry' }));
  }

  /** A tenant's mark only fits its own entries, whatever key is given; in a sharing group the key, which holds the group, tells. What was stored by meaning has the same answer. */
  private async markExact({ entryId, tenantId }: BadHitReport): Promise<Result<BadHitOutcome, RelayError>> {
    const alone = tenantId !== null && this.owners.ownerOf(tenantId) === `t:${tenantId}`;
    const selector = alone ? { key: entryId, tenant: tenantId } : { key: entryId };
    const told = await this.invalidations.invalidate(selector);
    if (!told.ok) return told;
    const [exact, semantic] = await Promise.all([this.exact.remove(selector), this.store.remove(selector)]);
    return ok({ kind: 'exact', removed: exact + semantic });
  }

  private async markSemantic(report: BadHitReport): Promise<Result<BadHitOutcome, RelayError>> {
    const { entryId, tenantId, similarity } = report;
    const owner = tenantId === null ? null : this.owners.ownerOf(tenantId);
    const entry = await this.store.quarantine(entryId, owner);
    if (entry === null)
      return err(new RelayError('not_found', 'There is no such entry in the cache.', { param: 'entry' }));
    if (similarity !== null) {
      const label = { similarity, correct: false, weight: 1, at: this.clock.now(), source: 'bad-hit' } as const;
      this.labels.add(entry.evidence, entry.embedderId, label, entryId);
    }
    return ok({ kind: 'semantic', removed: entry.entries });
  }
}
