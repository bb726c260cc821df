import { err, ok, RelayError, type Result } from '@relay/core';
import type { JsonObject } from '@relay/protocols';
import { idOf, inputItems, outputItems, referenceOf, toInput } from './items';
import type { StoredResponse } from './stored-response';

/** What was said in a response and the ones before it, oldest first. */
export type Conversation = readonly StoredResponse[];

export interface ExpandedInput {
  /** The whole conversation, as an upstream that kept nothing has to be told. */
  readonly items: readonly JsonObject[];
  /** What this request adds to it. */
  readonly own: readonly JsonObject[];
}

/** The ids that references of an input name. */
export function referencesOf(input: unknown): string[] {
  return inputItems(input).flatMap((item) => referenceOf(item) ?? []);
}

/**
 * The input of a request with all that its conversation said before. `referenced`: items by the ids that references name; one that
 * stands in the conversation already is not said twice. Errors: `invalid_request` for a reference to nothing.
 */
export function expandInput(
  conversation: Conversation,
  input: unknown,
  referenced: ReadonlyMap<string, JsonObject>,
): Result<ExpandedInput, RelayError> {
  const said = conversation.flatMap(itemsSaid);
  const known = new Set(said.map(idOf));
  const own: JsonObject[] = [];
  for (const item of inputItems(input)) {
    const id = referenceOf(item);
    if (id !== null && known.has(id)) continue;
    const found = id === null ? item : referenced.get(id);
    if (found === undefined) return err(itemNotFound(id ?? ''));
    own.push(found);
  }
  const before = said.map(toInput).filter((item) => item !== null);
  const added = own.map((item) => (idOf(item) !== null && referenced.has(idOf(item) ?? '') ? toInput(item) : item));
  return ok({ items: [...before, ...added.filter((item) => item !== null)], own });
}

/** Everything that the last response was made from, oldest first, each item with an id. */
export function itemsBefore(conversation: Conversation): JsonObject[] {
  const items = conversation.flatMap((response, i) => [
    ...named(response),
    ...(i < conversation.length - 1 ? outputItems(response.answer) : []),
  ]);
  return items;
}

const itemsSaid = ({ asked, answer }: StoredResponse): JsonObject[] => [
  ...inputItems(asked['input']),
  ...outputItems(answer),
];

/** The input of a response; items without an id get one that is the same each time. */
function named({ id, asked }: StoredResponse): JsonObject[] {
  const suffix = id.replace(/^resp_/, '');
  return inputItems(asked['input']).map((item, i) =>
    idOf(item) === null ? { ...item, ...told(item), id: `${prefixOf(item)}_${suffix}${i}` } : item,
  );
}

/** A message as lists show it: with its type, its text as a part. */
function told({ type, role, content }: JsonObject): JsonObject {
  if ((type !== undefined && type !== 'message') || typeof content !== 'string') return {};
  const part = { type: role === 'assistant' ? 'output_text' : 'input_text', text: content };
  return { type: 'message', content: [part], status: 'completed' };
}

function prefixOf({ type }: JsonObject): string {
  if (type === 'function_call') return 'fc';
  if (type === 'function_call_output') return 'fco';
  return type === undefined || type === 'message' ? 'msg' : 'item';
}

const itemNotFound = (id: string): RelayError =>
  new RelayError('invalid_request', `Item with id '${id.slice(0, 128)}' not found.`, { param: 'input' });
