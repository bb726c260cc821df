import type { JsonObject } from '../json/json-object';
import type { EventSink } from './response-events';

interface TextShape {
  /** Of the part or item: what holds the text. */
  readonly field: string;
  /** Of the events: `response.<event>.delta`. */
  readonly event: string;
  /** Of the events: which part of the item it is; null where the item itself holds the text. */
  readonly index: 'content_index' | 'summary_index' | null;
}

/** What is told bit by bit, by the type of its part, or of its item. */
export const TEXTS = {
  output_text: { field: 'text', event: 'output_text', index: 'content_index' },
  refusal: { field: 'refusal', event: 'refusal', index: 'content_index' },
  reasoning_text: { field: 'text', event: 'reasoning_text', index: 'content_index' },
  summary_text: { field: 'text', event: 'reasoning_summary_text', index: 'summary_index' },
  function_call: { field: 'arguments', event: 'function_call_arguments', index: null },
  custom_tool_call: { field: 'input', event: 'custom_tool_call_input', index: null },
  mcp_call: { field: 'arguments', event: 'mcp_call_arguments', index: null },
  code_interpreter_call: { field: 'code', event: 'code_interpreter_call_code', index: null },
} as const satisfies Record<string, TextShape>;

export type TextType = keyof typeof TEXTS;

export function isTextType(type: unknown): type is TextType {
  return typeof type === 'string' && Object.hasOwn(TEXTS, type);
}

/** The events of one item of the output. */
export class ItemEvents {
  constructor(
    private readonly sink: EventSink,
    private readonly outputIndex: number,
    private readonly itemId: unknown,
  ) {}

  itemAdded(item: JsonObject): void {
    this.sink.add('response.output_item.added', { output_index: this.outputIndex, item });
  }

  itemDone(item: JsonObject): void {
    this.sink.add('response.output_item.done', { output_index: this.outputIndex, item });
  }

  partAdded(type: TextType, index: number, part: JsonObject): void {
    this.sink.add(`response.${partEvent(type)}.added`, { ...this.place(type, index), part });
  }

  partDone(type: TextType, index: number, part: JsonObject): void {
    this.sink.add(`response.${partEvent(type)}.done`, { ...this.place(type, index), part });
  }

  /** A piece of the text of a part or, with index 0, of the item. */
  delta(type: TextType, index: number, piece: string, more: JsonObject = {}): void {
    this.sink.add(`response.${TEXTS[type].event}.delta`, { ...this.place(type, index), delta: piece, ...more });
  }

  /** The whole text of a part or item that ends. */
  told(type: TextType, index: number, { [TEXTS[type].field]: text, logprobs, name }: JsonObject): void {
    const more = {
      ...(type === 'output_text' ? { logprobs: logprobs ?? [] } : {}),
      ...(type === 'function_call' ? { name } : {}),
    };
    this.sink.add(`response.${TEXTS[type].event}.done`, {
      ...this.place(type, index),
      ...more,
      [TEXTS[type].field]: text ?? '',
    });
  }

  annotationAdded(index: number, at: number, annotation: unknown): void {
    const place = { ...this.place('output_text', index), annotation_index: at };
    this.sink.add('response.output_text.annotation.added', { ...place, annotation });
  }

  private place(type: TextType, index: number): JsonObject {
    const at = TEXTS[type].index;
    const item = { item_id: this.itemId, output_index: this.outputIndex };
    return at === null ? item : { ...item, [at]: index };
  }
}

const partEvent = (type: TextType): string =>
  TEXTS[type].index === 'summary_index' ? 'reasoning_summary_part' : 'content_part';
