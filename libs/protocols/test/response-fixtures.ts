import type { JsonObject } from '../src/json/json-object';
import { responseFromChat } from '../src/responses/chat-to-response';
import { readSseData } from '../src/sse/sse-data';

export interface Event extends JsonObject {
  readonly type: string;
  readonly sequence_number: number;
}

export const ASKED = { model: 'small', input: 'Hi', instructions: 'Be brief.', temperature: 0, metadata: { a: 'b' } };
export const HEAD = { id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1_700_000_000, model: 'mock-model' };
export const USAGE = {
  prompt_tokens: 11,
  completion_tokens: 5,
  total_tokens: 16,
  prompt_tokens_details: { cached_tokens: 4 },
  completion_tokens_details: { reasoning_tokens: 2 },
};

export const frame = (data: unknown): string => `data: ${typeof data === 'string' ? data : JSON.stringify(data)}\n\n`;
export const chunk = (delta: JsonObject, finish: string | null = null): string =>
  frame({ ...HEAD, choices: [{ index: 0, delta, finish_reason: finish }] });
export const TAIL = frame({ ...HEAD, choices: [], usage: USAGE }) + frame('[DONE]');

export function eventsOf(bytes: Buffer): Event[] {
  return readSseData(bytes.toString('utf8')).payloads.map((payload) => JSON.parse(payload) as Event);
}

export function translated(frames: readonly string[], asked: JsonObject = ASKED): Event[] {
  const translator = responseFromChat.stream(asked);
  const told = frames.map((one) => translator.push(Buffer.from(one)));
  return eventsOf(Buffer.concat([...told, translator.end(Buffer.from(TAIL))]));
}

export const responseIn = (events: readonly Event[]): JsonObject => events.at(-1)?.['response'] as JsonObject;
export const outputOf = (events: readonly Event[]): JsonObject[] => responseIn(events)['output'] as JsonObject[];
export const typesOf = (events: readonly Event[]): string[] => events.map(({ type }) => type);

export const call = (index: number, fields: JsonObject): JsonObject => ({ tool_calls: [{ index, ...fields }] });
export const begins = (index: number, id: string, name: string, text = ''): JsonObject =>
  call(index, { id, type: 'function', function: { name, arguments: text } });
export const goesOn = (index: number, text: string): JsonObject => call(index, { function: { arguments: text } });
