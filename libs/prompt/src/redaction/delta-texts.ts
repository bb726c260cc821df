/** Fields of a message that hold text in words. */
const WORD_FIELDS = ['content', 'refusal', 'reasoning_content', 'reasoning'] as const;

export type JsonObject = Record<string, unknown>;

/** A text of a choice that a chunk brings a piece of. `set` replaces the piece. */
export interface DeltaText {
  readonly id: string; // equal for all pieces of one text of a choice
  readonly isArguments: boolean;
  readonly isContent: boolean;
  readonly piece: string;
  readonly set: (piece: string) => void;
}

/** The text of an older completion stands in the choice itself. */
const PLAIN_TEXT = 'text';

/** The pieces of text in one choice of a chunk. */
export function choiceTexts(choice: JsonObject): DeltaText[] {
  const { delta, text } = choice;
  if (isJsonObject(delta)) return deltaTexts(delta);
  if (typeof text !== 'string') return [];
  const set = (value: string): void => void (choice[PLAIN_TEXT] = value);
  return [{ id: PLAIN_TEXT, isArguments: false, isContent: false, piece: text, set }];
}

/** A choice that brings this piece of that text and nothing else. */
export function choiceOf(index: number, id: string, piece: string): JsonObject {
  return id === PLAIN_TEXT
    ? { text: piece, index, logprobs: null, finish_reason: null }
    : { index, delta: deltaOf(id, piece), finish_reason: null };
}

/** The pieces of text in the delta of one choice: words, and arguments of tool calls by the call's index. */
function deltaTexts(delta: JsonObject): DeltaText[] {
  const texts: DeltaText[] = [];
  const add = (id: string, of: unknown, field: string, isArguments: boolean): void => {
    if (!isJsonObject(of)) return;
    const piece = of[field];
    if (typeof piece !== 'string') return;
    texts.push({ id, isArguments, isContent: id === 'content', piece, set: (value) => (of[field] = value) });
  };
  for (const field of WORD_FIELDS) add(field, delta, field, false);
  const calls: unknown[] = Array.isArray(delta['tool_calls']) ? delta['tool_calls'] : [];
  for (const [position, call] of calls.entries()) {
    if (!isJsonObject(call)) continue;
    const index = typeof call['index'] === 'number' ? call['index'] : position;
    add(`tool_calls.${index}.function`, call['function'], 'arguments', true);
    add(`tool_calls.${index}.custom`, call['custom'], 'input', false);
  }
  add('function_call', delta['function_call'], 'arguments', true);
  return texts;
}

/** A delta that brings this piece of that text and nothing else. */
function deltaOf(id: string, piece: string): JsonObject {
  const [field = '', index, kind] = id.split('.');
  if (field === 'function_call') return { function_call: { arguments: piece } };
  if (index === undefined) return { [field]: piece };
  const call = kind === 'custom' ? { custom: { input: piece } } : { function: { arguments: piece } };
  return { tool_calls: [{ index: Number(index), ...call }] };
}

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
