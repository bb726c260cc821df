import { isJsonObject, type JsonObject } from '../json/json-object';

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
