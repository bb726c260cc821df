import type { ChatDialect } from './chat-dialect';
import { isJsonObject } from '../json/json-object';

/** Groq puts the usage of a stream into `x_groq.usage` of the last chunk. */
export const groqDialect: ChatDialect = {
  usageOf(payload) {
    const vendor = payload['x_groq'];
    return payload['usage'] ?? (isJsonObject(vendor) ? vendor['usage'] : undefined);
  },
};
