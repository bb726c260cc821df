import { kindOf, type ProviderConfig } from '@relay/config';
import type { Clock } from '@relay/core';
import { type Dispatcher, Pool } from 'undici';
import { connectorOf, type PooledProvider } from './connector';
import { RoundTrip } from './measured-connector';

/**
 * A connection without a request is kept this long, in ms, unless the upstream names another time (Keep-Alive: timeout=5). Most close
 * after 60 s (AWS load balancers) or 75 s (nginx): a call sent just then would be lost, so the relay goes first.
 */
const KEEP_ALIVE_MS = 55_000;
/** Connections beyond one for each slot: an answer that is complete gives its slot back while its connection still drains. */
const SPARE_CONNECTIONS = 8;
/** HTTP/1.1 response heads may have this many bytes. */
const MAX_HEAD_BYTES = 32_768;

/** The connections to one origin of one provider: kept alive, bounded, one call a connection, through its proxy and with its TLS. */
export class UpstreamPool {
  readonly pool: Pool;
  private readonly roundTrip = new RoundTrip();
  private fresh = false;

  constructor(origin: string, provider: PooledProvider, clock: Clock) {
    this.pool = new Pool(origin, {
      connections: provider.limits.concurrency + SPARE_CONNECTIONS,
      pipelining: 1,
      connect: connectorOf(provider, this.roundTrip, clock),
      headersTimeout: provider.timeouts.headersMs,
      bodyTimeout: provider.timeouts.idleMs,
      keepAliveTimeout: KEEP_ALIVE_MS,
      maxHeaderSize: MAX_HEAD_BYTES,
    });
    // undici starts the first request on a new connection in the same tick in which it reports the connection.
    this.pool.on('connect', () => {
      this.fresh = true;
      queueMicrotask(() => (this.fresh = false));
    });
  }

  /** True while a connection that was just made hands its first request over. */
  get isFreshConnection(): boolean {
    return this.fresh;
  }

  /** Smoothed network round trip in ms, to the proxy if there is one; null before the first connection. */
  get rttMs(): number | null {
    return this.roundTrip.ms;
  }

  close(): Promise<void> {
    return this.pool.closed || this.pool.destroyed ? Promise.resolve() : this.pool.close();
  }
}

/**
 * For clients that bring a `fetch` of their own: undici's `fetch` with this as its `dispatcher` reaches the provider, and nobody else,
 * whatever host a redirect names. `baseUrl`: default that of the provider or its kind. To be closed by who asked for it.
 */
export function dispatcherFor(provider: ProviderConfig, clock: Clock, baseUrl?: string): Dispatcher {
  const url = baseUrl ?? provider.baseUrl ?? kindOf(provider.kind).baseUrl;
  if (url === null) throw new Error(`provider ${provider.id} has no base URL`);
  return new UpstreamPool(new URL(url).origin, provider, clock).pool;
}
