import { isJsonObject, jsonObjects, type JsonObject } from '../json/json-object';

/** Message fields that get a chunk of their own, in this order; all others (reasoning, annotations, audio) go before them. */
const SPOKEN_FIELDS = ['content', 'refusal', 'tool_calls', 'function_call'];

export const DONE_FRAME = 'data: [DONE]\n\n';

interface CompletionChunks {
  /** The chunks of each choice in order, as members of `choices`. */
  readonly choices: JsonObject[][];
  /** One chunk as an SSE frame. */
  readonly frame: (chunk: JsonObject) => string;
  /** Empty if usage was not asked for, or is not known. */
  readonly usageFrame: string;
}

/**
 * A stored `chat.completion` as the stream an OpenAI server would have sent: per choice a role chunk, the message, the finish
 * reason; then the usage chunk if asked for and known; then `[DONE]`. About 10 µs for 1 kB, so it is made anew for every hit
 * instead of taking room in L1. Throws if the body is not JSON, which no stored body is.
 */
export function completionToSse(body: Buffer, options: { readonly includeUsage: boolean }): Buffer {
  const { choices, frame, usageFrame } = completionChunks(body, options);
  let text = '';
  for (const chunks of choices) for (const chunk of chunks) text += frame(chunk);
  return Buffer.from(text + usageFrame + DONE_FRAME);
}

export function completionChunks(body: Buffer, options: { readonly includeUsage: boolean }): CompletionChunks {
  const parsed: unknown = JSON.parse(body.toString());
  const { choices, usage, object: _object, ...shared } = isJsonObject(parsed) ? parsed : {};
  const head = `data: ${JSON.stringify({ ...shared, object: 'chat.completion.chunk' }).slice(0, -1)},"choices":[`;
  const tail = options.includeUsage ? '],"usage":null}\n\n' : ']}\n\n';
  const usageKnown = options.includeUsage && isJsonObject(usage);
  return {
    choices: jsonObjects(choices).map(choiceChunks),
    frame: (chunk) => head + JSON.stringify(chunk) + tail,
    usageFrame: usageKnown ? `${head}],"usage":${JSON.stringify(usage)}}\n\n` : '',
  };
}

function choiceChunks(choice: JsonObject): JsonObject[] {
  const { index, message, logprobs, finish_reason, ...rest } = choice;
  const deltas = messageDeltas(isJsonObject(message) ? message : {});
  const chunks: JsonObject[] = deltas.map((delta) => ({ index, delta, finish_reason: null }));
  const last: JsonObject = { index, delta: {}, finish_reason, ...rest };
  if (logprobs !== undefined) logprobsCarrier(chunks, last)['logprobs'] = logprobs;
  return [...chunks, last];
}

/** Log probabilities travel with the text they belong to. */
function logprobsCarrier(chunks: JsonObject[], last: JsonObject): JsonObject {
  const spoken = chunks.find(
    ({ delta }, i) => i > 0 && isJsonObject(delta) && ('content' in delta || 'refusal' in delta),
  );
  return spoken ?? last;
}

/** The first delta names the role and what is null or empty; each later one carries one field. */
function messageDeltas(message: JsonObject): JsonObject[] {
  const { role, ...fields } = message;
  const first: JsonObject = { role: role ?? 'assistant' };
  const deltas = [first];
  for (const field of inSpokenOrder(Object.keys(fields))) {
    const value = fields[field];
    if (typeof value === 'string') first[field] = '';
    else if (value === null) first[field] = null;
    if (value === null || value === '') continue;
    deltas.push({ [field]: field === 'tool_calls' ? indexed(value) : value });
  }
  return deltas;
}

function inSpokenOrder(fields: string[]): string[] {
  return fields.sort((a, b) => SPOKEN_FIELDS.indexOf(a) - SPOKEN_FIELDS.indexOf(b));
}

function indexed(toolCalls: unknown): JsonObject[] {
  return jsonObjects(toolCalls).map((call, index) => ({ index, ...call }));
}
