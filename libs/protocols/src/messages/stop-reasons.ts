import { type JsonObject } from '../json/json-object';

/** How Anthropic's answers end, in chat's words. */
const TO_CHAT: Readonly<Record<string, string>> = {
  end_turn: 'stop',
  stop_sequence: 'stop',
  pause_turn: 'stop',
  max_tokens: 'length',
  model_context_window_exceeded: 'length',
  tool_use: 'tool_calls',
  refusal: 'content_filter',
};

const FROM_CHAT: Readonly<Record<string, string>> = {
  stop: 'end_turn',
  length: 'max_tokens',
  tool_calls: 'tool_use',
  function_call: 'tool_use',
  content_filter: 'refusal',
};

export function toFinishReason(stopReason: unknown): string | null {
  return typeof stopReason === 'string' ? (TO_CHAT[stopReason] ?? 'stop') : null;
}

/** How the answer of chat ended, as a message says it. */
interface Stop {
  readonly stop_reason: string;
  readonly stop_sequence: string | null;
}

interface ChatEnd {
  readonly finishReason: string | null;
  /** vLLM and servers like it name the stop string in the choice's `stop_reason`. */
  readonly matched: unknown;
  readonly hasCalls: boolean;
  readonly isRefusal: boolean;
}

export function toStop({ finishReason, matched, hasCalls, isRefusal }: ChatEnd, asked: JsonObject): Stop {
  const sequences: unknown = asked['stop_sequences'];
  if (typeof matched === 'string' && Array.isArray(sequences) && sequences.includes(matched))
    return { stop_reason: 'stop_sequence', stop_sequence: matched };
  return { stop_reason: reasonOf(finishReason, hasCalls, isRefusal), stop_sequence: null };
}

/** Some servers end an answer that calls tools with `stop`; clients would then not call them. */
function reasonOf(finishReason: string | null, hasCalls: boolean, isRefusal: boolean): string {
  const reason = FROM_CHAT[finishReason ?? ''] ?? 'end_turn';
  if (reason !== 'end_turn') return reason;
  if (hasCalls) return 'tool_use';
  return isRefusal ? 'refusal' : reason;
}
