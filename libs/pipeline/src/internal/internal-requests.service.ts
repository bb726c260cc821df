import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { TenantService } from '@relay/auth';
import { HEADERS, type Operation } from '@relay/contracts';
import { Cancellation, CLOCK, err, newTraceId, ok, RelayError } from '@relay/core';
import type { CancelSignal, Clock, Principal, Result } from '@relay/core';
import type { DataBounds, InternalPurpose } from '../exchange';
import { CapturedReply } from './captured-reply';
import { COMPLETIONS, type Completions } from './completions.port';

/** How the relay shows up in traces where it asks by itself. */
const KEY_NAME = 'relay';
const DEFAULT_SCOPES = ['inference'];
const HEX_DASHES = /-/g;

interface Asked {
  /** Default: chat. */
  readonly operation?: Operation;
  readonly body: object;
  readonly purpose: InternalPurpose;
  readonly headers?: Readonly<Record<string, string>>;
  /** Default: the deadline of the plan. */
  readonly deadlineMs?: number;
  readonly signal?: CancelSignal;
  /** Where the words of the request behind it may go. Default: wherever its own plan says. */
  readonly within?: DataBounds;
}

/**
 * A chat completion that nobody at the door asked for. `scopes`: of the keys whose requests it is asked for, as they are part of what
 * answers are shared by; default `inference`.
 */
export type InternalRequest = Asked &
  ({ readonly principal: Principal } | { readonly tenantId: string; readonly scopes?: readonly string[] });

export interface InternalReply {
  readonly status: number;
  /** As `x-relay-cache` has it. */
  readonly cache: string;
  readonly costUsd: string | null;
  readonly traceId: string;
  readonly body: Buffer;
}

/**
 * Requests of the relay's own, for its cache: they take the same way as all others, as the tenant they are for, with a trace, a cost and
 * a place in the line of the batch class (a verifier's excepted, as somebody waits for it).
 */
@Injectable()
export class InternalRequests implements OnApplicationShutdown {
  private readonly stopping = new Cancellation();

  constructor(
    private readonly modules: ModuleRef,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  onApplicationShutdown(): void {
    this.stopping.abort(new RelayError('unavailable', 'The relay is shutting down.'));
  }

  /** The reply, whatever its status. Errors: `not_found` (no such tenant), or why there was no reply at all. Never rejects. */
  async ask(request: InternalRequest): Promise<Result<InternalReply, RelayError>> {
    const principal =
      'principal' in request ? ok(request.principal) : await this.principalOf(request.tenantId, request.scopes);
    if (!principal.ok) return principal;
    const reply = new CapturedReply();
    const signal = new Cancellation();
    const stop = (): void => signal.abort(request.signal?.reason ?? this.stopping.reason);
    for (const outer of [request.signal, this.stopping]) {
      if (outer?.aborted) return err(new RelayError('unavailable', 'The request was cancelled.'));
      outer?.addEventListener('abort', stop, { once: true });
    }
    const traceId = newTraceId(this.clock.now());
    try {
      await this.completions.complete({
        operation: request.operation ?? 'chat',
        endpoint: `internal:${request.purpose}`,
        requestId: `relay-${traceId.replace(HEX_DASHES, '')}`,
        traceId,
        receivedAt: this.clock.now(),
        startedAt: this.clock.monotonic(),
        authMs: 0,
        principal: principal.value,
        headers: headersOf(request),
        body: Buffer.from(JSON.stringify(unstreamed(request.body))),
        signal,
        reply,
        internal: { purpose: request.purpose, within: request.within ?? null },
      });
    } finally {
      for (const outer of [request.signal, this.stopping]) outer?.removeEventListener('abort', stop);
    }
    const { captured } = reply;
    if (captured === null) return err(new RelayError('unavailable', 'The request ended without a reply.'));
    return ok({
      status: captured.status,
      cache: captured.headers.get(HEADERS.cache) ?? 'bypass',
      costUsd: captured.headers.get(HEADERS.costUsd) ?? null,
      traceId,
      body: captured.body,
    });
  }

  /** Looked up late: completions ask the cache, and the cache asks here. */
  private get completions(): Completions {
    return this.modules.get<Completions>(COMPLETIONS, { strict: false });
  }

  private async principalOf(
    tenantId: string,
    scopes = DEFAULT_SCOPES as readonly string[],
  ): Promise<Result<Principal, RelayError>> {
    const tenant = await this.modules.get(TenantService, { strict: false }).profile(tenantId);
    return tenant.ok ? withKey(tenant.value, tenantId, scopes) : tenant;
  }
}

/** A key of its own for each tenant: limits by key must not make one tenant wait for another. */
function withKey(
  tenant: Principal['tenant'] | null,
  tenantId: string,
  scopes: readonly string[],
): Result<Principal, RelayError> {
  if (tenant === null)
    return err(new RelayError('not_found', `There is no tenant "${tenantId}".`, { param: 'tenant' }));
  return ok({ tenant, keyId: `${KEY_NAME}:${tenantId}`, keyName: KEY_NAME, scopes });
}

function headersOf({ headers = {}, deadlineMs }: Asked): Record<string, string> {
  return deadlineMs === undefined
    ? { ...headers }
    : { ...headers, [HEADERS.deadlineMs]: String(Math.ceil(deadlineMs)) };
}

/** Nobody reads along. */
function unstreamed(body: object): object {
  const { stream: _stream, stream_options: _options, ...rest } = body as Record<string, unknown>;
  return rest;
}
