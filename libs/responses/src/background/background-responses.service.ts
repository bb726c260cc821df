import { Inject, Injectable } from '@nestjs/common';
import { ConfigStore } from '@relay/config';
import { CLOCK, err, ok, RelayError, type Clock, type Principal, type Result } from '@relay/core';
import type { JsonObject } from '@relay/protocols';
import { queuedResponse } from '../domain/queued-response';
import { responseIdOf } from '../domain/response-id';
import { responseView } from '../domain/stored-response';
import { ResponseStore } from '../persistence/response.store';
import { responseNotFound } from '../responses.service';
import { BackgroundStore } from './background.store';
import { ResponseQueue } from './response-queue';

export interface BackgroundOrder {
  readonly principal: Principal;
  /** Of the request that ordered it. */
  readonly traceId: string;
  readonly previousId: string | null;
  readonly asked: JsonObject;
  readonly headers: Readonly<Record<string, string>>;
}

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

  /** The response as it is now: queued. Error: `overloaded`. */
  async order(order: BackgroundOrder): Promise<Result<JsonObject, RelayError>> {
    const { principal, traceId, previousId, asked, headers } = order;
    const name = { tenantId: principal.tenant.id, id: responseIdOf(traceId) };
    const answer = queuedResponse(asked, {
      id: name.id,
      created_at: Math.floor(this.clock.now() / 1_000),
      ...{ background: true, store: true, previous_response_id: previousId },
    });
    const { maxBytesPerTenant } = this.config.current.responses;
    const details = { ...name, keyId: principal.keyId, previousId, asked, answer, headers };
    const ordered = await this.background.order(details, maxBytesPerTenant);
    if (!ordered.ok) return ordered;
    await this.queue.add(name, ordered.value);
    return ok(answer);
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
