import type { JsonObject } from '../json/json-object';

/** Where servers of the OpenAI protocol differ from OpenAI. */
export interface ChatDialect {
  /** The `usage` object of a completion or chunk, wherever this server puts it; undefined if there is none. */
  usageOf(payload: JsonObject): unknown;
}

export const openaiDialect: ChatDialect = { usageOf: (payload) => payload['usage'] };
