import type { ProviderConfig, ProviderKind } from '@relay/config';
import type { Clock } from '@relay/core';
import { Pool } from 'undici';
import type { ChatDialect } from '../../domain/chat-dialect';
import { abortFailure, finalFailure } from '../../domain/upstream-failure';
import type {
  UpstreamClient,
  UpstreamObserver,
  UpstreamOutcome,
  UpstreamRequest,
} from '../../ports/upstream-client.port';
import { failedBeforeStart } from '../failed-outcome';
import { ChatCall } from './chat-call';
import type { CallContext } from './reply-reader';
import { upstreamBody } from '../request-body';
import { secretsOf, UpstreamHeaders } from './upstream-headers';

/** A connection without a request is kept this long, in ms, unless the upstream names a shorter time. */
const KEEP_ALIVE_MS = 30_000;
/** Connections beyond one for each slot: an answer that is complete gives its slot back while its connection still drains. */
const SPARE_CONNECTIONS = 8;
/** HTTP/1.1 response heads may have this many bytes. */
const MAX_HEAD_BYTES = 32_768;

/** Speaks the OpenAI chat protocol with one provider over one pool of kept-alive connections, one call a connection. */
export class HttpChatClient implements UpstreamClient {
  readonly providerId: string;
  readonly kind: ProviderKind;
  private readonly pool: Pool;
  private readonly path: string;
  private readonly headers: UpstreamHeaders;
  private readonly context: CallContext;
  private freshConnection = false;

  constructor(provider: ProviderConfig, baseUrl: string, dialect: ChatDialect, clock: Clock) {
    this.providerId = provider.id;
    this.kind = provider.kind;
    const url = new URL(baseUrl);
    this.path = `${url.pathname.replace(/\/+$/, '')}/chat/completions${url.search}`;
    this.headers = new UpstreamHeaders(provider);
    this.pool = this.createPool(url.origin, provider);
    this.context = {
      providerId: provider.id,
      dialect,
      clock,
      timeouts: provider.timeouts,
      secrets: secretsOf(provider),
      isFreshConnection: () => this.freshConnection,
    };
  }

  chat(request: UpstreamRequest, observer: UpstreamObserver): Promise<UpstreamOutcome> {
    if (request.signal.aborted) return Promise.resolve(failedBeforeStart(abortFailure(request.signal.reason)));
    const body = upstreamBody(request);
    if (!body.ok) return Promise.resolve(failedBeforeStart(finalFailure(body.error)));
    const call = new ChatCall(this.context, request, observer);
    const headers = this.headers.forCall(request.stream, request.requestId);
    this.pool.dispatch({ method: 'POST', path: this.path, headers, body: body.value }, call);
    return call.outcome;
  }

  close(): Promise<void> {
    return this.pool.closed || this.pool.destroyed ? Promise.resolve() : this.pool.close();
  }

  private createPool(origin: string, provider: ProviderConfig): Pool {
    const pool = new Pool(origin, {
      connections: provider.limits.concurrency + SPARE_CONNECTIONS,
      pipelining: 1,
      allowH2: false, // costs more CPU than it saves: 393-498 us a request against 104-119 over HTTP/1.1 with TLS
      connect: { timeout: provider.timeouts.connectMs },
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
