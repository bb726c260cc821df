import { Inject, Injectable } from '@nestjs/common';
import { HEADERS, OPERATION_SHAPES, type Operation } from '@relay/contracts';
import { CLOCK, err, newTraceId, ok, RelayError } from '@relay/core';
import type { CancelSignal, Clock, Principal, Result } from '@relay/core';
import type { Elsewhere } from '../elsewhere/elsewhere';
import { CapturedReply } from '../internal/captured-reply';
import { COMPLETIONS, type Completions } from '../internal/completions.port';

const HEX_DASHES = /-/g;

/** What a client ordered and does not wait for: a line of a batch, a response in the background. It may not ask for a stream. */
export interface DeferredRequest {
  readonly principal: Principal;
  readonly operation: Operation;
  readonly body: Buffer;
  /** Default: `application/json`. */
  readonly contentType?: string;
  /** As the client might have sent them: priority, deadline, tags; names in lower case. */
  readonly headers?: Readonly<Record<string, string>>;
  /** As the trace shows it; default: the route of the operation. */
  readonly endpoint?: string;
  readonly signal: CancelSignal;
  /** Its provider's own batch may answer it; see there for how it ends when that takes it. */
  readonly elsewhere?: Elsewhere;
}

export interface DeferredReply {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Buffer;
  readonly requestId: string;
  readonly traceId: string;
}

/** Requests whose client does not hold a connection: the same way as all others, as the tenant that ordered them. */
@Injectable()
export class DeferredRequests {
  constructor(
    @Inject(COMPLETIONS) private readonly completions: Completions,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** The reply, whatever its status. Errors: `client_closed` if the signal ended it, or a provider's batch took it. Never rejects. */
  async run(request: DeferredRequest): Promise<Result<DeferredReply, RelayError>> {
    const { principal, operation, body, headers = {}, signal, elsewhere } = request;
    const { contentType = 'application/json', endpoint = `/v1/${OPERATION_SHAPES[operation].path}` } = request;
    const reply = new CapturedReply();
    const { backAt: receivedAt, traceId } = elsewhere?.answer ?? this.newTrace();
    const requestId = headers[HEADERS.requestId] ?? `relay-${traceId.replace(HEX_DASHES, '')}`;
    await this.completions.complete({
      operation,
      endpoint,
      requestId,
      traceId,
      receivedAt,
      startedAt: this.clock.monotonic(),
      authMs: 0,
      principal,
      headers: { ...headers, 'content-type': contentType },
      body,
      signal,
      reply,
      elsewhere,
    });
    const { captured } = reply;
    if (captured === null || signal.aborted) return err(new RelayError('client_closed', 'The request was cancelled.'));
    return ok({ ...captured, requestId, traceId });
  }
  private newTrace(): { readonly backAt: number; readonly traceId: string } {
    const now = this.clock.now();
    return { backAt: now, traceId: newTraceId(now) };
  }
}
