import { types } from 'node:util';
import { operationsOf, type ProviderConfig, type ProviderKind } from '@relay/config';
import { type Operation, OPERATION_SHAPES } from '@relay/contracts';
import type { Clock } from '@relay/core';
import type { ChatDialect } from '@relay/protocols';
import { Pool } from 'undici';
import { abortFailure, finalFailure } from '../../domain/upstream-failure';
import type {
  UpstreamClient,
  UpstreamObserver,
  UpstreamOutcome,
  UpstreamRequest,
} from '../../ports/upstream-client.port';
import { failedBeforeStart } from '../failed-outcome';
import { UpstreamCall } from './upstream-call';
import { measuredConnector, RoundTrip } from './measured-connector';
import type { CallContext } from './reply-reader';
import { transportFailure } from './transport-failure';
import { upstreamBody } from '../request-body';
import { secretsOf, UpstreamHeaders } from './upstream-headers';
import { warmUp } from './warm-up';

/**
 * A connection without a request is kept this long, in ms, unless the upstream names another time (Keep-Alive: timeout=5). Most close
 * after 60 s (AWS load balancers) or 75 s (nginx): a call sent just then would be lost, so the relay goes first.
 */
const KEEP_ALIVE_MS = 55_000;
/** Connections beyond one for each slot: an answer that is complete gives its slot back while its connection still drains. */
const SPARE_CONNECTIONS = 8;
/** HTTP/1.1 response heads may have this many bytes. */
const MAX_HEAD_BYTES = 32_768;

/** Hands bodies to one provider over one pool of kept-alive connections, one call a connection, and its answers back. */
export class HttpUpstreamClient implements UpstreamClient {
  readonly providerId: string;
  readonly kind: ProviderKind;
  readonly operations: ReadonlySet<Operation>;
  private readonly pool: Pool;
  private readonly base: string;
  private readonly search: string;
  private readonly modelsPath: string;
  private readonly roundTrip = new RoundTrip();
  private readonly headers: UpstreamHeaders;
  private readonly context: CallContext;
  private freshConnection = false;

  constructor(provider: ProviderConfig, baseUrl: string, dialect: ChatDialect, clock: Clock) {
    this.providerId = provider.id;
    this.kind = provider.kind;
    this.operations = operationsOf(provider);
    const url = new URL(baseUrl);
    const base = url.pathname.replace(/\/+$/, '');
    this.base = `${base}/`;
    this.search = url.search;
    this.modelsPath = `${base}/models${url.search}`;
    this.headers = new UpstreamHeaders(provider);
    this.pool = this.createPool(url.origin, provider, clock);
    this.context = {
      providerId: provider.id,
      dialect,
      clock,
      timeouts: provider.timeouts,
      secrets: secretsOf(provider),
      isFreshConnection: () => this.freshConnection,
    };
  }

  call(request: UpstreamRequest, observer: UpstreamObserver): Promise<UpstreamOutcome> {
    if (request.signal.aborted) return Promise.resolve(failedBeforeStart(abortFailure(request.signal.reason)));
    const body = upstreamBody(request);
    if (!body.ok) return Promise.resolve(failedBeforeStart(finalFailure(body.error)));
    const call = new UpstreamCall(this.context, request, observer);
    const headers = this.headers.forCall(request.stream, request.requestId);
    const path = this.base + OPERATION_SHAPES[request.operation].path + this.search;
    this.pool.dispatch({ method: 'POST', path, headers, body: body.value }, call);
    return call.outcome;
  }

  get rttMs(): number | null {
    return this.roundTrip.ms;
  }

  async warm(connections: number, signal: AbortSignal): Promise<string | null> {
    const headers = this.headers.forCall(false, 'preheat');
    const one = (): Promise<number> => warmUp(this.pool, this.modelsPath, headers, signal);
    const results = await Promise.allSettled(Array.from({ length: connections }, one));
    for (const result of results) {
      if (result.status === 'rejected') return this.problem(result.reason);
      if (result.value === 401) return `Provider ${this.providerId} did not accept the relay's credentials (401).`;
    }
    return null;
  }

  close(): Promise<void> {
    return this.pool.closed || this.pool.destroyed ? Promise.resolve() : this.pool.close();
  }

  private problem(thrown: unknown): string {
    const error = types.isNativeError(thrown) ? thrown : new Error(String(thrown));
    return transportFailure(this.providerId, error, this.context.timeouts).error.message;
  }

  private createPool(origin: string, provider: ProviderConfig, clock: Clock): Pool {
    const pool = new Pool(origin, {
      connections: provider.limits.concurrency + SPARE_CONNECTIONS,
      pipelining: 1,
      connect: measuredConnector(provider.timeouts.connectMs, this.roundTrip, clock),
      headersTimeout: provider.timeouts.headersMs,
      bodyTimeout: provider.timeouts.idleMs,
      keepAliveTimeout: KEEP_ALIVE_MS,
      maxHeaderSize: MAX_HEAD_BYTES,
    });
    // undici starts the first request on a new connection in the same tick in which it reports the connection.
    pool.on('connect', () => {
      this.freshConnection = true;
      queueMicrotask(() => (this.freshConnection = false));
    });
    return pool;
  }
}
