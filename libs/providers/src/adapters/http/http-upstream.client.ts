import { types } from 'node:util';
import { kindOf, operationsOf, type ProviderConfig, type ProviderKind } from '@relay/config';
import type { Operation } from '@relay/contracts';
import type { Clock } from '@relay/core';
import type { ChatDialect } from '@relay/protocols';
import { abortFailure, finalFailure } from '../../domain/upstream-failure';
import type {
  UpstreamClient,
  UpstreamObserver,
  UpstreamOutcome,
  UpstreamRequest,
} from '../../ports/upstream-client.port';
import type { BodyQuirks } from '../body-quirks';
import { failedBeforeStart } from '../failed-outcome';
import { type Endpoints, endpointsOf } from './endpoints';
import { headersFor } from './operation-headers';
import { UpstreamCall } from './upstream-call';
import type { CallContext } from './reply-reader';
import { transportFailure } from './transport-failure';
import { upstreamBody } from '../request-body';
import { secretsOf, UpstreamHeaders } from './upstream-headers';
import { UpstreamPool } from './upstream-pool';
import { warmUp } from './warm-up';

/** Hands bodies to one provider over one pool of kept-alive connections, one call a connection, and its answers back. */
export class HttpUpstreamClient implements UpstreamClient {
  readonly providerId: string;
  readonly kind: ProviderKind;
  readonly operations: ReadonlySet<Operation>;
  private readonly connections: UpstreamPool;
  private readonly endpoints: Endpoints;
  private readonly quirks: BodyQuirks;
  private readonly headers: UpstreamHeaders;
  private readonly context: CallContext;

  /** `defaultHeaders`: where neither the configuration nor a request says anything else; names in lower case. */
  constructor(
    provider: ProviderConfig,
    baseUrl: string,
    dialect: ChatDialect,
    clock: Clock,
    defaultHeaders: Readonly<Record<string, string>> = {},
  ) {
    this.providerId = provider.id;
    this.kind = provider.kind;
    this.operations = operationsOf(provider);
    const url = new URL(baseUrl);
    this.endpoints = endpointsOf(provider, url);
    this.quirks = kindOf(provider.kind);
    this.headers = new UpstreamHeaders(provider, kindOf(provider.kind), defaultHeaders);
    this.connections = new UpstreamPool(url.origin, provider, clock);
    this.context = {
      providerId: provider.id,
      dialect,
      clock,
      timeouts: provider.timeouts,
      secrets: secretsOf(provider),
      isFreshConnection: () => this.connections.isFreshConnection,
    };
  }

  call(request: UpstreamRequest, observer: UpstreamObserver): Promise<UpstreamOutcome> {
    if (request.signal.aborted) return Promise.resolve(failedBeforeStart(abortFailure(request.signal.reason)));
    const body = upstreamBody(request, this.quirks);
    if (!body.ok) return Promise.resolve(failedBeforeStart(finalFailure(body.error)));
    const call = new UpstreamCall(this.context, request, observer);
    const headers = headersFor(request, this.headers.forCall(request), this.headers.configured);
    const path = this.endpoints.of(request.operation, request.model);
    this.connections.pool.dispatch({ method: 'POST', path, headers, body: body.value }, call);
    return call.outcome;
  }

  get rttMs(): number | null {
    return this.connections.rttMs;
  }

  async warm(connections: number, signal: AbortSignal): Promise<string | null> {
    const headers = this.headers.forCall({ stream: false, requestId: 'preheat' });
    const one = (): Promise<number> => warmUp(this.connections.pool, this.endpoints.models, headers, signal);
    const results = await Promise.allSettled(Array.from({ length: connections }, one));
    for (const result of results) {
      if (result.status === 'rejected') return this.problem(result.reason);
      if (result.value === 401) return `Provider ${this.providerId} did not accept the relay's credentials (401).`;
    }
    return null;
  }

  close(): Promise<void> {
    return this.connections.close();
  }

  private problem(thrown: unknown): string {
    const error = types.isNativeError(thrown) ? thrown : new Error(String(thrown));
    return transportFailure(this.providerId, error, this.context.timeouts).error.message;
  }
}
