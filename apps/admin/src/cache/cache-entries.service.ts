import { type AuthenticatedUser, tenantScope } from '@relay/auth';
import { ExactCache, type ExactEntry, SemanticStore } from '@relay/cache';
import type { CacheEntryPage, CacheEntryQuery, CacheEntryView } from '@relay/contracts';
import { isSha256Hex, isUuid, RelayError } from '@relay/core';
import { Injectable } from '@nestjs/common';
import { unwrap } from '../http/unwrap';
import { PromptAccess } from './prompt-access';

/** Entries as people see them. A tenant-admin sees those of the own tenant that no other tenant is served; a viewer sees no texts. */
@Injectable()
export class CacheEntriesService {
  constructor(
    private readonly exact: ExactCache,
    private readonly semantic: SemanticStore,
    private readonly prompts: PromptAccess,
  ) {}

  async list(user: AuthenticatedUser, query: CacheEntryQuery): Promise<CacheEntryPage> {
    this.prompts.search(query.q, user);
    const scope = tenantScope(user);
    if (scope !== null && query.tenant !== undefined && query.tenant !== scope) return { data: [], nextCursor: null };
    const seen = { ...query, tenant: scope ?? query.tenant };
    const page = query.kind === 'exact' ? await this.listExact(seen) : await this.semantic.list(seen);
    const visible = page.data.filter(({ owner }) => isVisible(owner, scope));
    return { ...page, data: visible.map((entry) => this.prompts.shown(entry, user)) };
  }

  async get(user: AuthenticatedUser, id: string): Promise<CacheEntryView> {
    const entry = await this.visible(user, id);
    if (entry.prompt !== null || entry.answer !== null) await this.prompts.tell(user, entry.id, { entries: 1 });
    return this.prompts.shown(entry, user);
  }

  /** An entry that this user may know of, with texts that are not for everybody. */
  async visible(user: AuthenticatedUser, id: string): Promise<CacheEntryView> {
    const scope = tenantScope(user);
    const entry = isSha256Hex(id) ? await this.findExact(id, scope) : await this.findSemantic(id, scope);
    if (entry !== null && isVisible(entry.owner, scope)) return entry;
    throw new RelayError('not_found', 'There is no such entry.', { param: 'id' });
  }

  private async listExact({ tenant, model, status, q, limit, cursor }: CacheEntryQuery): Promise<CacheEntryPage> {
    if (q !== undefined) {
      throw new RelayError('invalid_request', 'q: exact entries keep no prompt to look into; allowed: kind=semantic', {
        param: 'q',
      });
    }
    if (status === 'quarantined') return { data: [], nextCursor: null }; // an exact entry that was marked is gone
    const labels = [
      ...(tenant === undefined ? [] : [`tenant:${tenant}`]),
      ...(model === undefined ? [] : [`model:${model}`]),
    ];
    const page = await unwrap(this.exact.entries({ labels, limit, cursor: cursor ?? null }));
    return { data: page.entries.map(toView), nextCursor: page.nextCursor };
  }

  private async findExact(key: string, scope: string | null): Promise<CacheEntryView | null> {
    const labels = [`key:${key}`, ...(scope === null ? [] : [`tenant:${scope}`])];
    const { entries } = await unwrap(this.exact.entries({ labels, limit: 1 }));
    return entries[0] ? toView(entries[0]) : null;
  }

  private async findSemantic(id: string, scope: string | null): Promise<CacheEntryView | null> {
    return isUuid(id) ? this.semantic.find(id, scope) : null;
  }
}

const isVisible = (owner: string, scope: string | null): boolean => scope === null || owner === `t:${scope}`;

function toView({
  key,
  owner,
  tags,
  model,
  servedModel,
  provider,
  sourceTraceId,
  ...entry
}: ExactEntry): CacheEntryView {
  return {
    ...{ id: key, kind: 'exact', owner, tags: [...tags], model, servedModel, provider, sourceTrace: sourceTraceId },
    createdAt: new Date(entry.createdAt).toISOString(),
    expiresAt: new Date(entry.expiresAt).toISOString(),
    ...{ bytes: entry.bytes, costUsd: entry.costUsd, hits: null, status: 'active' },
    ...{ prompt: null, answer: null, aliasOf: null, minSimilarity: null },
  };
}
