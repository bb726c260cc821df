import type { ChatCompletionRequest } from '@relay/contracts';
import type { Redaction } from '@relay/prompt';
import { patchJson, scanMembers } from '@relay/providers';
import type { Exchange } from '../exchange';
import { RestoringReply } from './restoring-reply';

/** A request that a guard let through, perhaps changed. */
export interface GuardedRequest {
  readonly exchange: Exchange;
  readonly request: ChatCompletionRequest;
}

/**
 * The request without its personal data, as cache, upstream, trace and log will know it; with `restore` the client alone gets the
 * originals back.
 */
export function redactedRequest(
  { exchange, request }: GuardedRequest,
  { messages, table }: Redaction,
  restore: boolean,
): GuardedRequest {
  if (table.size === 0) return judgedRequest({ exchange, request });
  const changed = { ...request, messages };
  const body = patchJson(exchange.body, { messages }) ?? Buffer.from(JSON.stringify(changed));
  const reply = restore
    ? new RestoringReply(exchange.reply, table, { jsonContent: wantsJson(request) })
    : exchange.reply;
  return { exchange: withBody(exchange, body, reply), request: changed };
}

/**
 * The request as it was judged. A body may name its messages twice: the relay reads the last, an upstream perhaps the first, so the
 * ones that were judged are put in both places.
 */
export function judgedRequest({ exchange, request }: GuardedRequest): GuardedRequest {
  const named = scanMembers(exchange.body)?.filter(({ key }) => key === 'messages').length ?? 0;
  if (named < 2) return { exchange, request };
  const body = patchJson(exchange.body, { messages: request.messages }) ?? exchange.body;
  return { exchange: withBody(exchange, body, exchange.reply), request };
}

function wantsJson({ response_format: format }: ChatCompletionRequest): boolean {
  return format?.type === 'json_object' || format?.type === 'json_schema';
}

/** Field by field: the door's exchange is no plain object. */
function withBody(exchange: Exchange, body: Buffer, reply: Exchange['reply']): Exchange {
  const { endpoint, requestId, traceId, receivedAt, startedAt, authMs, principal, headers, signal } = exchange;
  return { endpoint, requestId, traceId, receivedAt, startedAt, authMs, principal, headers, signal, body, reply };
}
