import { OPERATION_SHAPES, type ChatCompletionRequest, type Operation } from '@relay/contracts';
import { toRelayError } from '@relay/core';
import type { Redaction } from '@relay/prompt';
import { type JsonObject, readingOf } from '@relay/protocols';
import type { Exchange } from '../exchange';
import { rewriteForm } from '../operations/parse-form';
import { RestoringReply } from './restoring-reply';

/** A request that a guard let through, perhaps changed. */
export interface GuardedRequest {
  readonly exchange: Exchange;
  /** What was asked, in its own protocol. */
  readonly asked: JsonObject;
  /** The same as a chat completion. */
  readonly request: ChatCompletionRequest;
}

/**
 * The request as it was judged and redacted: what cache, upstream, trace and log will know. Its body is written anew, because the bytes
 * may name a field twice: the relay reads the last, an upstream perhaps the first. With `restore` the client alone gets the originals
 * back.
 */
export function judgedRequest(
  { exchange, asked, request }: GuardedRequest,
  redaction: Redaction<JsonObject> | null,
  restore: boolean,
): GuardedRequest {
  const judged = redaction?.request ?? asked;
  const body = bodyOf(exchange, judged);
  const reply =
    restore && redaction !== null && redaction.table.size > 0
      ? new RestoringReply(exchange.reply, redaction.table, { jsonContent: wantsJson(request) })
      : exchange.reply;
  return { exchange: { ...exchange, body, reply }, asked: judged, request: asChat(exchange.operation, judged) };
}

function bodyOf({ operation, body, headers }: Exchange, judged: JsonObject): Buffer {
  return OPERATION_SHAPES[operation].body === 'form'
    ? rewriteForm(body, headers['content-type'] ?? '', judged)
    : Buffer.from(JSON.stringify(judged));
}

function wantsJson({ response_format: format }: ChatCompletionRequest): boolean {
  return format?.type === 'json_object' || format?.type === 'json_schema';
}

/** It could be read before it was redacted. */
function asChat(operation: Operation, judged: JsonObject): ChatCompletionRequest {
  const chat = readingOf(operation).toChat(judged);
  if (!chat.ok) throw toRelayError(chat.error);
  return chat.value;
}
