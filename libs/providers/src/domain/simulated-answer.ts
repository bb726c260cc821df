import { canonicalJson, sha256Hex } from '@relay/core';
import { isJsonObject, type JsonObject, type Usage } from '@relay/protocols';

/** An answer made up by rule: the same request always gets the same one. */
export interface SimulatedAnswer {
  readonly id: string;
  /** One piece is one token. */
  readonly pieces: readonly string[];
  readonly finishReason: 'stop' | 'length';
  readonly usage: Usage;
}

/** Words of the last message that the answer repeats, at most. */
const MAX_ECHOED_WORDS = 12;
const MAX_FILLER_SENTENCES = 6;
const BYTES_PER_TOKEN = 4; // rule of thumb for English text

const FILLERS = [
  'It takes its time as a model would, token by token.',
  'Its words follow from your request and from nothing else.',
  'Ask the same again and you will read the same again.',
  'Caching, queueing and traces treat it like any other provider.',
  'Set OPENAI_API_KEY or GROQ_API_KEY, or start Ollama, to reach a model.',
  'Nothing you send to it leaves this process.',
] as const;

/** Ignores whether the answer is streamed: both forms say the same. */
export function simulateAnswer(request: JsonObject): SimulatedAnswer {
  const { stream: _stream, stream_options: _options, ...asked } = request;
  const hash = sha256Hex(canonicalJson(asked));
  const words = pieces(compose(lastText(request['messages']), hash));
  const limit = tokenLimit(request);
  const cut = limit !== null && limit < words.length;
  const said = cut ? words.slice(0, limit) : words;
  const inputTokens = Math.ceil(Buffer.byteLength(JSON.stringify(request['messages'] ?? [])) / BYTES_PER_TOKEN);
  return {
    id: `chatcmpl-sim-${hash.slice(0, 24)}`,
    pieces: said,
    finishReason: cut ? 'length' : 'stop',
    usage: { inputTokens, cachedInputTokens: 0, outputTokens: said.length, reasoningTokens: 0 },
  };
}

function compose(prompt: string, hash: string): string {
  const words = prompt.split(/\s+/).filter((word) => word !== '');
  const echo = words.slice(0, MAX_ECHOED_WORDS).join(' ') + (words.length > MAX_ECHOED_WORDS ? ' …' : '');
  const fillers = 1 + (Number.parseInt(hash.slice(0, 2), 16) % MAX_FILLER_SENTENCES);
  const first = Number.parseInt(hash.slice(2, 4), 16);
  const rest = Array.from({ length: fillers }, (_, i) => FILLERS[(first + i) % FILLERS.length]);
  return [`This is the simulator of LLM Relay, not a language model. You wrote: "${echo}".`, ...rest].join(' ');
}

const pieces = (text: string): string[] => text.match(/\s*\S+/g) ?? [];

function tokenLimit(request: JsonObject): number | null {
  const limit = request['max_completion_tokens'] ?? request['max_tokens'];
  return typeof limit === 'number' ? limit : null;
}

/** The text of the last message, also of one in parts. */
function lastText(messages: unknown): string {
  const last: unknown = Array.isArray(messages) ? messages.at(-1) : null;
  const content = isJsonObject(last) ? last['content'] : null;
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return '';
  return (content as unknown[])
    .map((part) => (isJsonObject(part) && typeof part['text'] === 'string' ? part['text'] : ''))
    .join(' ');
}
