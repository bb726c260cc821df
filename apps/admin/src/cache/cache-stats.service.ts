import { type AuthenticatedUser, tenantScope } from '@relay/auth';
import { type EvidenceClass, evidenceParts, ExactCache, LabelBook, OwnerDirectory, SemanticStore } from '@relay/cache';
import type { CacheEvidence, CacheStats, CacheStatsQuery } from '@relay/contracts';
import { OWN_DECISIONS, PolicyService } from '@relay/policy';
import { CacheStatsStore } from '@relay/trace';
import { Injectable } from '@nestjs/common';
import { unwrap } from '../http/unwrap';
import { errorBudgetOf } from './error-budget';

/** What the cache does and spares. A tenant-admin sees the own tenant only, and nothing of a sharing group. */
@Injectable()
export class CacheStatsService {
  constructor(
    private readonly savings: CacheStatsStore,
    private readonly labels: LabelBook,
    private readonly semantic: SemanticStore,
    private readonly exact: ExactCache,
    private readonly owners: OwnerDirectory,
    private readonly policies: PolicyService,
  ) {}

  async read(user: AuthenticatedUser, query: CacheStatsQuery): Promise<CacheStats> {
    const scope = tenantScope(user);
    const saved = await unwrap(this.savings.read(query, scope, OWN_DECISIONS));
    const isForeign = scope !== null && query.tenant !== undefined && query.tenant !== scope;
    const tenant = scope ?? query.tenant;
    const evidence = isForeign ? [] : await this.evidence(ownerOfInterest(scope, tenant, this.owners));
    const entries = isForeign ? NO_ENTRIES : await this.entries(scope, tenant);
    return { ...saved, evidence, entries, process: scope === null ? this.process() : null };
  }

  private async evidence(owner: string | undefined): Promise<CacheEvidence[]> {
    const policy = this.policies.current;
    const budgetOf = (evidence: string): number => {
      const parts = evidenceParts(evidence);
      return errorBudgetOf(policy, parts.owner, parts.name);
    };
    return (await this.labels.classes(owner, budgetOf)).map(toEvidence);
  }

  private async entries(scope: string | null, tenant: string | undefined): Promise<CacheStats['entries']> {
    const counts = await this.semantic.counts(tenant);
    const seen = scope === null ? counts : counts.filter(({ owner }) => owner === `t:${scope}`);
    const sum = (of: 'active' | 'quarantined'): number => seen.reduce((total, count) => total + count[of], 0);
    return { semantic: sum('active'), quarantined: sum('quarantined') };
  }

  private process(): CacheStats['process'] {
    const { l1, l2 } = this.exact.stats();
    return { l1, l2: l2 && { ...l2 } };
  }
}

const NO_ENTRIES = { semantic: 0, quarantined: 0 };

/** Undefined: everybody. */
function ownerOfInterest(scope: string | null, tenant: string | undefined, owners: OwnerDirectory): string | undefined {
  if (scope !== null) return `t:${scope}`;
  return tenant === undefined ? undefined : owners.ownerOf(tenant);
}

function toEvidence({ evidence, embedderId, maxErrorPerHit, state }: EvidenceClass): CacheEvidence {
  const { owner, name, judge } = evidenceParts(evidence);
  const { labels, threshold, bound, measured, drifted } = state;
  return {
    evidence: name,
    owner,
    judge,
    embedder: embedderId,
    maxErrorPerHit,
    labels,
    threshold,
    bound,
    measured,
    drifted,
  };
}
