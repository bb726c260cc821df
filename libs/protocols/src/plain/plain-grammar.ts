import type { JsonObject } from '../json/json-object';
import { parseObject } from '../json/json-object';
import { usageIn } from '../chat/chat-grammar';
import type { FrameFacts, StreamGrammar } from '../stream-grammar';
import { readUsage } from '../usage';

/**
 * The event that says that an answer is whole: `transcript.text.done`, `speech.audio.done`, `image_generation.completed`. Several may come,
 * one for each image, so a stream is complete when its body ends.
 */
const LAST_EVENT = /"type"\s*:\s*"[\w.]+\.(?:done|completed)"/;
const NOTABLE = /"type"\s*:\s*"(?:error|[\w.]+\.(?:done|completed))"|"error"\s*:\s*[^n\s]|\[DONE\]/;
const DONE = '[DONE]';
/** How an answer ends that is not generated word by word. */
export const WHOLE = 'stop';

/** Streams of transcripts, speech and images: events that name their `type`. An event that ends an answer is held until what follows it. */
export const plainGrammar: StreamGrammar = {
  notable: NOTABLE,
  mayLackEnd: true,
  read(data, known): FrameFacts | null {
    const nothing = { ...known, hasContent: false, isEnd: false, isUsageOnly: false, error: null };
    if (data.trim() === DONE) return { ...nothing, isEnd: true };
    const event = parseObject(data);
    if (event === null) return null;
    const error = errorOf(event);
    if (error) return { ...nothing, error };
    const isLast = LAST_EVENT.test(`"type":${JSON.stringify(event['type'])}`);
    if (!isLast) return { ...nothing, hasContent: true };
    return { usage: readUsage(event['usage']) ?? known.usage, finishReason: WHOLE, ...HELD };
  },
  readLong(head, tail, known) {
    const isLast = LAST_EVENT.test(head.toString('latin1')) || LAST_EVENT.test(tail.toString('latin1'));
    const usage = usageIn(tail, tail.toString('latin1')) ?? known.usage;
    return { usage, finishReason: isLast ? WHOLE : known.finishReason, isEnd: false };
  },
};

/** Content, held all the same: the trace is kept before the last of it leaves. */
const HELD = { hasContent: true, isEnd: false, isUsageOnly: true, error: null };

/** As OpenAI has it in streams: the payload's `error`, or the event itself. */
function errorOf(event: JsonObject): JsonObject | null {
  if (event['error']) return event;
  return event['type'] === 'error' ? { error: event } : null;
}
