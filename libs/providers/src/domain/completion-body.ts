import type { ChatDialect } from './chat-dialect';
import { isJsonObject, type JsonObject, readUsage, type Usage } from './usage';

/** What the relay reads from a whole answer; the bytes themselves go to the client untouched. */
export type CompletionFacts =
  | { readonly kind: 'completion'; readonly usage: Usage | null; readonly finishReason: string | null }
  | { readonly kind: 'error'; readonly payload: JsonObject } // an error object sent with status 200
  | { readonly kind: 'unreadable' }; // no JSON, half a JSON, or no object

export function readCompletion(body: Buffer, dialect: ChatDialect): CompletionFacts {
  let payload: unknown;
  try {
    payload = JSON.parse(body.toString('utf8'));
  } catch {
    return { kind: 'unreadable' };
  }
  if (!isJsonObject(payload)) return { kind: 'unreadable' };
  if (payload['error'] && !Array.isArray(payload['choices'])) return { kind: 'error', payload };
  return { kind: 'completion', usage: readUsage(dialect.usageOf(payload)), finishReason: finishReasonOf(payload) };
}

/** The first reason among the choices; null while none has ended. */
export function finishReasonOf(payload: JsonObject): string | null {
  const choices = payload['choices'];
  if (!Array.isArray(choices)) return null;
  for (const choice of choices as unknown[]) {
    const reason = isJsonObject(choice) ? choice['finish_reason'] : null;
    if (typeof reason === 'string') return reason;
  }
  return null;
}
