import { HEADERS } from '@relay/contracts';
import { addRateHeaders } from './limits/rate-headers';
import type { RequestTrace } from './request-trace';
import type { Exchange, DoorExchange } from './exchange';

const JSON_TYPE = 'application/json; charset=utf-8';
const SSE_TYPE = 'text/event-stream; charset=utf-8';

/** The relay's own headers, on every reply: a flat list of names and values, as `ServerResponse.writeHead` takes it. */
export function relayHeaders(exchange: Exchange | DoorExchange, trace: RequestTrace): string[] {
  const headers = [
    HEADERS.requestId,
    exchange.requestId,
    HEADERS.traceId,
    exchange.traceId,
    HEADERS.cache,
    trace.cache,
    HEADERS.queue,
    trace.queue,
    HEADERS.queueMs,
    String(Math.round(trace.queueMs)),
  ];
  if (exchange.operation === 'messages') headers.push(HEADERS.anthropicRequestId, exchange.requestId);
  const timing = trace.serverTiming();
  if (timing !== '') headers.push(HEADERS.serverTiming, timing);
  if (trace.document) headers.push(HEADERS.policy, trace.document.policy, HEADERS.plan, trace.document.signature);
  else if (trace.refusedBy !== null) headers.push(HEADERS.policy, trace.refusedBy);
  if (trace.servedModel !== null) headers.push(HEADERS.model, trace.servedModel);
  if (trace.provider !== null) headers.push(HEADERS.provider, trace.provider);
  if (trace.degraded.length > 0) headers.push(HEADERS.degraded, trace.degraded.join(','));
  if (trace.costUsd !== null) headers.push(HEADERS.costUsd, trace.costUsd);
  if (trace.cacheEntry !== null) headers.push(HEADERS.cacheEntry, trace.cacheEntry);
  if (trace.similarity !== null) headers.push(HEADERS.cacheSimilarity, trace.similarity.toFixed(4));
  if (trace.cacheAgeSeconds !== null) headers.push('age', String(trace.cacheAgeSeconds));
  if (trace.rates !== null) addRateHeaders(headers, trace.rates);
  return headers;
}

export function jsonHeaders(headers: string[], body: Buffer, contentType?: string): string[] {
  headers.push('content-type', contentType || JSON_TYPE, 'content-length', String(body.length));
  return headers;
}

/** Of a stream whose chunks leave as they come. */
export function streamHeaders(headers: string[]): string[] {
  // x-accel-buffering: reverse proxies such as nginx would otherwise hold the chunks back.
  sseHeaders(headers).push('x-accel-buffering', 'no');
  return headers;
}

/** Of bytes that leave as they come: a recording. */
export function bytesHeaders(headers: string[], contentType: string): string[] {
  headers.push('content-type', contentType, 'x-accel-buffering', 'no');
  return headers;
}

export function sseHeaders(headers: string[]): string[] {
  headers.push('content-type', SSE_TYPE, 'cache-control', 'no-cache');
  return headers;
}
