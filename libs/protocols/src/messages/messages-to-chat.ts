import type { ChatCompletionRequest } from '@relay/contracts';
import { sha256Hex } from '@relay/core';
import { isJsonObject, jsonObjects, type JsonObject } from '../json/json-object';
import { chatEffort } from './chat-effort';
import { chatMessages } from './chat-messages';
import { chatTools } from './chat-tools';

/** OpenAI refuses users with longer names; those of Claude Code have about 150 characters. */
const MAX_USER_CHARS = 64;
/** Name of the schema of structured output: chat wants one, messages have none. */
const SCHEMA_NAME = 'answer';

/**
 * The question as a chat completion. Fields that were not given stay away; 0 and false are given. What chat cannot say is left out: see
 * `beyondChat`, which refuses what must not be.
 */
export function messagesToChat(body: JsonObject): ChatCompletionRequest {
  const { model, system, messages, stop_sequences: stop, temperature, top_p } = body;
  const effort = chatEffort(body);
  return {
    model,
    messages: chatMessages(system, jsonObjects(messages)),
    ...capOf(body, effort),
    ...given({ temperature, top_p, stop, reasoning_effort: effort, user: userOf(body) }),
    ...chatTools(body),
    ...formatOf(body),
    // A stream of messages always tells its usage.
    ...(body['stream'] === true ? { stream: true, stream_options: { include_usage: true } } : {}),
  } as ChatCompletionRequest;
}

/** OpenAI's models that reason refuse `max_tokens`; servers that imitate OpenAI often know nothing else. */
function capOf({ max_tokens: cap }: JsonObject, effort: string | undefined): JsonObject {
  return given(effort === undefined ? { max_tokens: cap } : { max_completion_tokens: cap });
}

/** One that is too long for OpenAI stays the same for the same user. */
function userOf({ metadata }: JsonObject): unknown {
  const user = isJsonObject(metadata) ? metadata['user_id'] : undefined;
  return typeof user === 'string' && user.length > MAX_USER_CHARS ? sha256Hex(user) : user;
}

/** `output_format`: as it was called while it was a beta. */
function formatOf({ output_config: output, output_format: early }: JsonObject): JsonObject {
  const format = isJsonObject(output) ? (output['format'] ?? early) : early;
  if (!isJsonObject(format) || format['type'] !== 'json_schema') return {};
  const json_schema = { name: SCHEMA_NAME, schema: format['schema'], strict: true };
  return { response_format: { type: 'json_schema', json_schema } };
}

function given(fields: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined && value !== null));
}
