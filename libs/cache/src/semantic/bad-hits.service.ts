import { Inject, Injectable, Logger } from '@nestjs/common';
import { CLOCK, err, isSha256Hex, isUuid, ok, RelayError, type Clock, type Result } from '@relay/core';
import { ExactCache } from '../exact-cache.service';
import { Invalidations } from '../invalidation/invalidations.service';
import { OwnerDirectory } from '../invalidation/owner-directory';
import { CountedTraces } from './counted-traces';
import { LabelBook } from './labels/label-book.service';
import { SemanticStore } from './store/semantic-store';

/** Of a bad hit only the cosine is kept, not its score: it counts against every threshold. */
const WORST_SCORE = 1;
const RETRY_AFTER_SECONDS = 5;

export interface BadHitReport {
  /** As `x-relay-cache-entry` has it: an exact key or the UUID of a semantic entry. */
  readonly entryId: string;
  /** Whose entry it has to be; null: whoever reports may see all. */
  readonly tenantId: string | null;
  /** Cosine of the hit that was wrong; null if nobody knows of one. Asked for, where it is not known yet, when the entry is out of service. */
  readonly similarity: number | null | (() => Promise<number | null>);
  /** The trace that shows that it was served: then it is taken out of service also where it lies in the memory of another process alone. */
  readonly servedTo: string | null;
}

export interface BadHitOutcome {
  readonly kind: 'exact' | 'semantic';
  /** Entries that are not served any more; 0: they were out of service already, or lay in the memory of another process alone. */
  readonly removed: number;
}

/** Takes an entry out of service everywhere at once, because somebody was served something wrong from it. */
@Injectable()
export class BadHits {
  private readonly logger = new Logger(BadHits.name);

  constructor(
    private readonly exact: ExactCache,
    private readonly invalidations: Invalidations,
    private readonly store: SemanticStore,
    private readonly labels: LabelBook,
    private readonly owners: OwnerDirectory,
    private readonly counted: CountedTraces,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** What was marked before is not counted as an error again. Errors: `not_found` (no such entry, or somebody else's), `unavailable` (the other processes could not be told, or the database is away). Never rejects. */
  async mark(report: BadHitReport): Promise<Result<BadHitOutcome, RelayError>> {
    try {
      if (isSha256Hex(report.entryId)) return await this.markExact(report);
      if (isUuid(report.entryId)) return await this.markSemantic(report);
      return err(noSuchEntry());
    } catch (error) {
      this.logger.warn(`A bad hit could not be taken out of service: ${String(error)}`);
      return err(storeAway(error));
    }
  }

  /**
   * A mark only fits entries of the reporter's tenant or sharing group, whatever key is given. What was stored by meaning has the same
   * answer. Nothing is marked for a key that nobody was served from: marks are few, and outlive what they were made for. Nor a second
   * time for one trace: what it had got is void by then, and nobody complained of what was made since.
   */
  private async markExact({ entryId, tenantId, servedTo }: BadHitReport): Promise<Result<BadHitOutcome, RelayError>> {
    const owner = tenantId === null ? undefined : this.owners.ownerOf(tenantId);
    const selector = { key: entryId, owner };
    if (servedTo !== null && (await this.counted.has(servedTo))) return ok({ kind: 'exact', removed: 0 });
    const there = servedTo === null ? await this.holds(selector) : ok(true);
    if (!there.ok) return there;
    if (!there.value) return err(noSuchEntry());
    const told = await this.invalidations.invalidate(selector);
    if (!told.ok) return told;
    const [exact, semantic] = await Promise.all([this.exact.remove(selector), this.store.remove(selector)]);
    if (servedTo !== null) await this.counted.note(servedTo);
    return ok({ kind: 'exact', removed: exact + semantic });
  }

  private async holds({
    key,
    owner,
  }: {
    key: string;
    owner: string | undefined;
  }): Promise<Result<boolean, RelayError>> {
    const entry = await this.exact.entry(key);
    if (!entry.ok) return entry;
    const isOwn = entry.value !== null && (owner === undefined || entry.value.owner === owner);
    return ok(isOwn || (await this.store.holds({ key, owner })));
  }

  private async markSemantic(report: BadHitReport): Promise<Result<BadHitOutcome, RelayError>> {
    const { entryId, tenantId } = report;
    const owner = tenantId === null ? null : this.owners.ownerOf(tenantId);
    const entry = await this.store.quarantine(entryId, owner);
    if (entry === null) return err(noSuchEntry());
    if (entry.entries === 0) return ok({ kind: 'semantic', removed: 0 });
    const similarity = typeof report.similarity === 'function' ? await report.similarity() : report.similarity;
    if (similarity !== null) {
      const label = {
        similarity: WORST_SCORE,
        correct: false,
        weight: 1,
        at: this.clock.now(),
        source: 'bad-hit',
      } as const;
      this.labels.add(entry.evidence, entry.embedderId, label, entryId);
    }
    return ok({ kind: 'semantic', removed: entry.entries });
  }
}

const noSuchEntry = (): RelayError =>
  new RelayError('not_found', 'There is no such entry in the cache.', { param: 'entry' });

const storeAway = (cause: unknown): RelayError =>
  new RelayError('unavailable', 'The database did not take the entry out of service. Send this again.', {
    retryAfterSeconds: RETRY_AFTER_SECONDS,
    cause,
  });
