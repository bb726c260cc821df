import type { AuthenticatedUser } from '@relay/auth';
import { CLOCK, type Clock, RelayError } from '@relay/core';
import { Inject, Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { CacheAudit } from './cache-audit';

/** Who looks at what was asked of one entry again within so long has read it once. */
const ONE_READING_MS = 600_000;
const MAX_READINGS = 10_000;

/** Who may read prompts and answers that the cache keeps: as with those of traces, everybody but viewers. */
@Injectable()
export class PromptAccess {
  private readonly readings = new LRUCache<string, number>({ max: MAX_READINGS });

  constructor(
    private readonly audit: CacheAudit,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  mayRead({ role }: AuthenticatedUser): boolean {
    return role !== 'viewer';
  }

  /** The entry, or whatever else has a prompt, as this user may see it. */
  shown<Kept extends { readonly prompt: string | null }>(kept: Kept, user: AuthenticatedUser): Kept {
    if (this.mayRead(user)) return kept;
    return { ...kept, prompt: null, ...('answer' in kept && { answer: null }) };
  }

  /** Whether a prompt has a word is told to those alone who may read it. */
  search(q: string | undefined, user: AuthenticatedUser): void {
    if (q === undefined || this.mayRead(user)) return;
    throw new RelayError('forbidden', 'Prompts are not searched for viewers. Allowed: kind, tenant, model, status.', {
      param: 'q',
    });
  }

  /** That somebody of the operation reads what was asked of an entry is told to the audit log, before it is shown. Rejects where it cannot. */
  async tell(user: AuthenticatedUser, entryId: string, detail: Record<string, unknown>): Promise<void> {
    if (!this.mayRead(user) || user.role === 'tenant-admin') return;
    const reading = `${user.id} ${entryId}`;
    const now = this.clock.now();
    const readAt = this.readings.get(reading);
    if (readAt !== undefined && now - readAt < ONE_READING_MS) return;
    await this.audit.tell(user, 'cache.prompts-read', entryId, detail);
    this.readings.set(reading, now);
  }
}
