import { AuditLog, type AuthenticatedUser, tenantScope } from '@relay/auth';
import { WarmingQueue, WarmingStore } from '@relay/cache';
import { chatCompletionRequestSchema, type WarmCache, type Warming, type WarmingPage } from '@relay/contracts';
import { isUuid, RelayError, type Result } from '@relay/core';
import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { found, unwrap } from '../http/unwrap';
import { validationError } from '../http/validation-error';
import { TenantGate } from '../tenants/tenant-gate';
import { CacheAudit } from './cache-audit';

/** Has requests asked ahead of need, by the workers. */
@Injectable()
export class WarmingsService {
  constructor(
    private readonly gate: TenantGate,
    private readonly store: WarmingStore,
    private readonly queue: WarmingQueue,
    @InjectDataSource() private readonly dataSource: DataSource,
    private readonly log: AuditLog,
    private readonly audit: CacheAudit,
  ) {}

  /** After `delayMs`, at the earliest. */
  async start(user: AuthenticatedUser, request: WarmCache, delayMs = 0): Promise<Warming> {
    await this.gate.enter(user, request.tenant, 'tenant');
    if ('requests' in request.source) request.source.requests.forEach(checkBody);
    const warming = await unwrap(this.keep(user, request));
    await this.queue.add(warming.id, delayMs);
    return warming;
  }

  async list(user: AuthenticatedUser): Promise<WarmingPage> {
    return { data: await this.store.list(tenantScope(user)), nextCursor: null };
  }

  async get(user: AuthenticatedUser, id: string): Promise<Warming> {
    return found(isUuid(id) ? this.store.find(id, tenantScope(user)) : Promise.resolve(null), 'warming');
  }

  /** What is being asked right now is given up; what was stored stays. */
  async cancel(user: AuthenticatedUser, id: string): Promise<void> {
    const { tenant, status } = await this.get(user, id);
    if (!(await this.store.end(id, 'cancelled', `by ${user.email}`))) {
      throw new RelayError('conflict', `That warming has ended: it is ${status}.`, { param: 'id' });
    }
    await this.audit.tell(user, 'cache.warm-cancel', id, { tenant });
  }

  private keep(user: AuthenticatedUser, request: WarmCache): Promise<Result<Warming, RelayError>> {
    const { id, email } = user;
    const { tenant, source, maxUsd = null, tags } = request;
    return this.dataSource.transaction(async (transaction) => {
      const created = await this.store.create(request, transaction);
      if (!created.ok) return created;
      const what = 'traces' in source ? source : { requests: source.requests.length };
      const detail = { tenant, ...what, maxUsd, ...(tags && { tags }) };
      await this.log.append(
        { actor: { id, email }, action: 'cache.warm', target: created.value.id, detail },
        transaction,
      );
      return created;
    });
  }
}

/** As JSON writes them: database texts cannot hold them. */
const LONE_SURROGATE = /(?:^|[^\\])(?:\\\\)*\\ud[89a-f]/;

function checkBody(body: unknown, place: number): void {
  if (LONE_SURROGATE.test(JSON.stringify(body))) {
    const param = `source.requests[${place}]`;
    const message = `${param} holds half of a surrogate pair; allowed: well-formed Unicode.`;
    throw new RelayError('invalid_request', message, { param });
  }
  const parsed = chatCompletionRequestSchema.safeParse(body);
  if (!parsed.success) {
    throw validationError(parsed.error.issues, chatCompletionRequestSchema, `source.requests[${place}]`);
  }
}
