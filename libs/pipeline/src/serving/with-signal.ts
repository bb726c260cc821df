import type { CancelSignal } from '@relay/core';
import type { Exchange } from '../exchange';

/** The exchange with another signal. Field by field: the door's exchange is no plain object. */
export function withSignal(exchange: Exchange, signal: CancelSignal): Exchange {
  if (exchange.signal === signal) return exchange;
  const { operation, endpoint, requestId, traceId, receivedAt, startedAt, authMs, principal, headers, body, reply } =
    exchange;
  const { internal } = exchange;
  const same = {
    operation,
    endpoint,
    requestId,
    traceId,
    receivedAt,
    startedAt,
    authMs,
    principal,
    headers,
    body,
    reply,
  };
  return internal === undefined ? { ...same, signal } : { ...same, signal, internal };
}
