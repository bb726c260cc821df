import { setImmediate } from 'node:timers/promises';
import { type AuthenticatedUser, tenantScope } from '@relay/auth';
import { type EvidenceClass, evidenceParts, LabelBook, OwnerDirectory } from '@relay/cache';
import type { CacheHits, CacheHitsQuery, CacheSimilarity, CacheSimilarityQuery } from '@relay/contracts';
import { PolicyService } from '@relay/policy';
import { EntryHitsStore, LookUpsStore } from '@relay/trace';
import { Injectable } from '@nestjs/common';
import { CacheEntriesService } from './cache-entries.service';
import { errorBudgetOf } from './error-budget';
import { PromptAccess } from './prompt-access';

/** Classes whose errors are worked out for one answer: some 20 ms each. */
const MAX_CURVES = 8;

/** Who was served from an entry, and how alike questions are. A tenant-admin sees the own tenant only, and nothing of a sharing group. */
@Injectable()
export class CacheInsightService {
  constructor(
    private readonly entries: CacheEntriesService,
    private readonly hitsOfEntries: EntryHitsStore,
    private readonly lookUps: LookUpsStore,
    private readonly labels: LabelBook,
    private readonly owners: OwnerDirectory,
    private readonly policies: PolicyService,
    private readonly prompts: PromptAccess,
  ) {}

  async hits(user: AuthenticatedUser, id: string, { limit }: CacheHitsQuery): Promise<CacheHits> {
    const { id: entryId } = await this.entries.visible(user, id);
    const mayRead = this.prompts.mayRead(user);
    const data = await this.hitsOfEntries.read(entryId, tenantScope(user), limit, mayRead);
    const traces = data.filter(({ prompt }) => prompt !== null).length;
    if (traces > 0) await this.prompts.tell(user, entryId, { traces });
    return { data, promptsHidden: !mayRead };
  }

  async similarity(user: AuthenticatedUser, query: CacheSimilarityQuery): Promise<CacheSimilarity> {
    const scope = tenantScope(user);
    const seen = await this.lookUps.read(query, scope);
    const isForeign = scope !== null && query.tenant !== undefined && query.tenant !== scope;
    return { ...seen, evidence: isForeign ? [] : await this.evidence(scope, query.tenant) };
  }

  private async evidence(scope: string | null, tenant: string | undefined): Promise<CacheSimilarity['evidence']> {
    const policy = this.policies.current;
    const asked = tenant === undefined ? undefined : this.owners.ownerOf(tenant);
    const classes = await this.labels.classes(scope === null ? asked : `t:${scope}`, (evidence) => {
      const { owner, name } = evidenceParts(evidence);
      return errorBudgetOf(policy, owner, name);
    });
    const told: CacheSimilarity['evidence'] = [];
    for (const each of classes.slice(0, MAX_CURVES)) {
      told.push(this.withCurve(each));
      await setImmediate(); // requests are answered in between
    }
    return told;
  }

  private withCurve(each: EvidenceClass): CacheSimilarity['evidence'][number] {
    const { evidence, embedderId: embedder, maxErrorPerHit, state } = each;
    const { owner, name, judge } = evidenceParts(evidence);
    const { threshold, labels, measured } = state;
    const curve = this.labels.errors(each, maxErrorPerHit);
    return { ...{ evidence: name, owner, judge, embedder, maxErrorPerHit }, threshold, labels, measured, curve };
  }
}
