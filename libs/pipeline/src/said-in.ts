import type { StreamAssembler } from '@relay/cache';
import { saidText } from '@relay/prompt';

/** What all choices of a whole answer say. A body that is no chat completion counts as it is. */
export function saidInBody(body: Buffer): string {
  const text = body.toString('utf8');
  try {
    const { choices } = JSON.parse(text) as { choices?: unknown };
    if (!Array.isArray(choices)) return text;
    return (choices as ({ message?: unknown } | null)[]).map((choice) => saidText(choice?.message)).join('\n');
  } catch {
    return text;
  }
}

/** What a stream has said so far; `null` if nobody gathered it, or it was too large to keep. */
export function saidInStream(assembler: StreamAssembler | null): string | null {
  return assembler?.deltas()?.map(saidText).join('') ?? null;
}
