import type { ChatMessage, ContentPart } from '@relay/contracts';
import { jsonObjects, type JsonObject } from '../json/json-object';
import { chatContent, toolContent } from './chat-content';

/** Fields of items that hold data rather than words, which nobody reads as text. */
const DATA_FIELDS: ReadonlySet<string> = new Set(['encrypted_content', 'image_url', 'file_data', 'result']);

/** The messages of a conversation given as `instructions` and `input`. */
export function chatMessages(instructions: unknown, input: unknown): ChatMessage[] {
  const messages: ChatMessage[] = [];
  if (typeof instructions === 'string' && instructions !== '') messages.push({ role: 'system', content: instructions });
  if (typeof input === 'string') return [...messages, { role: 'user', content: input }];
  return [...messages, ...new Conversation(jsonObjects(input)).messages()];
}

/**
 * Items in their order, as messages. What an assistant says and calls in one turn is one message of chat, and the answers of its tools
 * follow that message at once, wherever they stand among the items.
 *
 *     message, function_call a, function_call b, output b, output a   ->   assistant (text, calls a b), tool a, tool b
 */
class Conversation {
  private readonly told: ChatMessage[] = [];
  private readonly outputs = new Map<string, JsonObject[]>(); // by the call they answer, first to last
  private content: string | ContentPart[] | null = null; // of the assistant's turn that is being put together
  private calls: JsonObject[] = [];

  constructor(private readonly items: readonly JsonObject[]) {
    for (const item of items) {
      const { call_id: id } = item;
      if (isOutput(item) && typeof id === 'string') this.outputs.set(id, [...(this.outputs.get(id) ?? []), item]);
    }
  }

  messages(): ChatMessage[] {
    for (const item of this.items) this.add(item);
    this.endTurn();
    return this.told;
  }

  private add(item: JsonObject): void {
    const { type, role } = item;
    if (type === 'reasoning') return;
    if (type === 'function_call' || type === 'custom_tool_call') this.calls.push(callOf(item));
    else if (isOutput(item)) this.output(item);
    else if (typeof role !== 'string') this.foreign(item);
    else if (role === 'assistant') this.says(item['content']);
    else {
      this.endTurn();
      this.told.push({ role: role === 'developer' ? 'system' : role, content: chatContent(item['content'], role) });
    }
  }

  /** Words between a call and its output belong to the turn that made the call. */
  private says(content: unknown): void {
    if (this.calls.length === 0) this.endTurn();
    const words = chatContent(content, 'assistant');
    this.content = this.content === null ? words : joined(this.content, words);
  }

  /** One that answers no call of this conversation stays where it is. */
  private output(item: JsonObject): void {
    this.endTurn();
    const id = String(item['call_id']);
    if (!this.outputs.get(id)?.includes(item)) return;
    this.take(id);
    this.told.push(toolMessage(id, item));
  }

  private endTurn(): void {
    if (this.content === null && this.calls.length === 0) return;
    const { calls } = this;
    const message = { role: 'assistant', content: this.content };
    this.told.push(calls.length > 0 ? { ...message, tool_calls: calls } : message);
    this.content = null;
    this.calls = [];
    for (const { id } of calls) {
      const answer = this.take(String(id));
      if (answer) this.told.push(toolMessage(String(id), answer));
    }
  }

  private take(id: string): JsonObject | undefined {
    return this.outputs.get(id)?.shift();
  }

  /** What chat has no form for is seen by policies and estimates as what a tool said. */
  private foreign(item: JsonObject): void {
    this.endTurn();
    const words = JSON.stringify(item, (field, value: unknown) => (DATA_FIELDS.has(field) ? undefined : value));
    this.told.push({ role: 'tool', content: words });
  }
}

const isOutput = ({ type }: JsonObject): boolean =>
  type === 'function_call_output' || type === 'custom_tool_call_output';

const toolMessage = (id: string, { output }: JsonObject): ChatMessage => ({
  role: 'tool',
  tool_call_id: id,
  content: toolContent(output),
});

function callOf({ type, call_id: id, name, arguments: given, input }: JsonObject): JsonObject {
  if (type === 'custom_tool_call') return { id, type: 'custom', custom: { name, input } };
  return { id, type: 'function', function: { name, arguments: given } };
}

function joined(before: string | ContentPart[], after: string | ContentPart[]): string | ContentPart[] {
  if (typeof before === 'string' && typeof after === 'string') return before + after;
  const parts = (content: string | ContentPart[]): ContentPart[] =>
    typeof content === 'string' ? [{ type: 'text', text: content }] : content;
  return [...parts(before), ...parts(after)];
}
