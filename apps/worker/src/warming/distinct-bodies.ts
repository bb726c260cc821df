import { DELIVERY_FIELDS } from '@relay/cache';
import { chatCompletionRequestSchema } from '@relay/contracts';
import { canonicalJson } from '@relay/core';
import type { AskedRequest } from '@relay/trace';

export type RequestBody = Readonly<Record<string, unknown>>;

/** The `top` bodies that were asked most, each once however it was written; what is no chat completion is left out. */
export function distinctBodies(requests: readonly AskedRequest[], top: number): RequestBody[] {
  const found = new Map<string, { readonly body: RequestBody; asked: number }>();
  for (const { text, asked } of requests) {
    const read = readBody(text);
    if (read === null) continue;
    const known = found.get(read.key);
    if (known) known.asked += asked;
    else found.set(read.key, { body: read.body, asked });
  }
  const mostAsked = [...found.values()].sort((a, b) => b.asked - a.asked);
  return mostAsked.slice(0, top).map(({ body }) => body);
}

function readBody(text: string): { readonly body: RequestBody; readonly key: string } | null {
  try {
    const parsed: unknown = JSON.parse(text);
    if (!chatCompletionRequestSchema.safeParse(parsed).success) return null;
    const said = Object.entries(parsed as RequestBody).filter(([name]) => !DELIVERY_FIELDS.has(name));
    const body = Object.fromEntries(said);
    return { body, key: canonicalJson(body) };
  } catch {
    return null; // no JSON, or nested too deep to be written again
  }
}
