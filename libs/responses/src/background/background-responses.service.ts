import { Inject, Injectable } from '@nestjs/common';
import { ConfigStore } from '@relay/config';
import { CLOCK, err, ok, RelayError, type Clock, type Principal, type Result } from '@relay/core';
import type { JsonObject } from '@relay/protocols';
import { queuedResponse } from '../domain/queued-response';
import { responseIdOf } from '../domain/response-id';
import { responseView, type StoredResponse } from '../domain/stored-response';
import { ResponseStore } from '../persistence/response.store';
import { responseNotFound } from '../responses.service';
import { BackgroundStore, type OrderOnce } from './background.store';
import { ResponseQueue } from './response-queue';

export interface BackgroundOrder {
  readonly principal: Principal;
  /** Of the request that ordered it. */
  readonly traceId: string;
  readonly previousId: string | null;
  readonly asked: JsonObject;
  readonly headers: Readonly<Record<string, string>>;
  readonly once: OrderOnce | null;
}

/** `used-for-another`: the Idempotency-Key stands for another order. */
type Ordered = Result<StoredResponse, RelayError | 'used-for-another'>;

/** Responses that nobody waits for. Everything rejects when the database is away. */
@Injectable()
export class BackgroundResponses {
  constructor(
    private readonly background: BackgroundStore,
    private readonly store: ResponseStore,
    private readonly queue: ResponseQueue,
    private readonly config: ConfigStore,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** The response as it is now: queued, or what was ordered with the same Idempotency-Key. Error: `overloaded`. */
  async order(order: BackgroundOrder): Promise<Ordered> {
    const { principal, traceId, previousId, asked, headers, once } = order;
    const name = { tenantId: principal.tenant.id, id: responseIdOf(traceId) };
    const answer = queuedResponse(asked, {
      id: name.id,
      created_at: Math.floor(this.clock.now() / 1_000),
      ...{ background: true, store: true, previous_response_id: previousId },
    });
    const { maxBytesPerTenant } = this.config.current.responses;
    const details = { ...name, keyId: principal.keyId, previousId, asked, answer, headers, once };
    const ordered = await this.background.order(details, maxBytesPerTenant);
    // Refused, it may be because another request with its Idempotency-Key came at the same moment.
    if (!ordered.ok) return (await this.orderedBefore(principal, once)) ?? ordered;
    await this.queue.add(name, ordered.value);
    return ok({ id: name.id, status: 'queued', background: true, previousId, asked, answer });
  }

  /** What the key has ordered with the same Idempotency-Key, as it is by now; null: nothing. */
  async orderedBefore({ tenant, keyId }: Principal, once: OrderOnce | null): Promise<Ordered | null> {
    const before = once && (await this.background.findOnce(tenant.id, keyId, once));
    if (!before) return null;
    if (before.print !== once.print) return err('used-for-another');
    const found = await this.store.find(tenant.id, before.id);
    return found ? ok(found) : err(responseNotFound(before.id)); // deleted at this moment, or not to be opened here
  }

  /** The response as it is then; one that has ended stays as it is. Errors: `not_found`, `invalid_request`. */
  async cancel(tenantId: string, id: string): Promise<Result<JsonObject, RelayError>> {
    if (await this.background.cancel({ tenantId, id })) await this.queue.remove(id);
    const found = await this.store.find(tenantId, id);
    if (found === null) return err(responseNotFound(id));
    return found.background ? ok(responseView(found)) : err(notInBackground());
  }

  /** Whether there was one; if it is being made, that is given up. Error: `not_found`. */
  async remove(tenantId: string, id: string): Promise<Result<JsonObject, RelayError>> {
    if (!(await this.store.remove(tenantId, id))) return err(responseNotFound(id));
    await this.queue.remove(id);
    return ok({ id, object: 'response', deleted: true });
  }
}

const notInBackground = (): RelayError =>
  new RelayError('invalid_request', 'Only responses that were created with background: true can be cancelled.', {
    param: 'response_id',
  });
