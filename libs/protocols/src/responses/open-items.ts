import type { JsonObject } from '../json/json-object';
import { ItemEvents, TEXTS, type TextType } from './item-events';
import type { EventSink } from './response-events';

export type ItemStatus = 'completed' | 'incomplete';

/** Room that an item was given in the output. */
export interface OutputPlace {
  readonly sink: EventSink;
  readonly index: number;
  readonly id: string;
}

/** A message, or what the model thought: parts, of which the last grows. */
export class OpenParts {
  private readonly events: ItemEvents;
  private type: TextType | null = null; // of the last part

  /** `parts`: a list of the item, empty; it is filled in place. */
  constructor(
    place: OutputPlace,
    private readonly item: JsonObject,
    private readonly parts: JsonObject[],
  ) {
    this.events = new ItemEvents(place.sink, place.index, place.id);
    this.events.itemAdded(item);
  }

  say(type: TextType, piece: string, logprobs?: readonly unknown[]): void {
    if (type !== this.type) this.beginPart(type);
    const part = this.parts.at(-1);
    if (!part) return;
    part[TEXTS[type].field] = String(part[TEXTS[type].field]) + piece;
    if (type === 'output_text') (part['logprobs'] as unknown[]).push(...(logprobs ?? []));
    const more = type === 'output_text' ? { logprobs: logprobs ?? [] } : {};
    this.events.delta(type, this.parts.length - 1, piece, more);
  }

  /** A source that the text names; nothing where there is no text. */
  annotate(annotation: JsonObject): void {
    const part = this.parts.at(-1);
    if (this.type !== 'output_text' || !part) return;
    const annotations = part['annotations'] as JsonObject[];
    annotations.push(annotation);
    this.events.annotationAdded(this.parts.length - 1, annotations.length - 1, annotation);
  }

  close(status: ItemStatus): void {
    this.endPart();
    this.item['status'] = status;
    this.events.itemDone(this.item);
  }

  private beginPart(type: TextType): void {
    this.endPart();
    this.type = type;
    this.parts.push(emptyPart(type));
    this.events.partAdded(type, this.parts.length - 1, emptyPart(type));
  }

  private endPart(): void {
    const part = this.parts.at(-1);
    if (this.type === null || !part) return;
    this.events.told(this.type, this.parts.length - 1, part);
    this.events.partDone(this.type, this.parts.length - 1, part);
  }
}

function emptyPart(type: TextType): JsonObject {
  const text = { type, [TEXTS[type].field]: '' };
  return type === 'output_text' ? { ...text, annotations: [], logprobs: [] } : text;
}

/** A call of a tool, whose arguments come bit by bit. */
export class OpenCall {
  private readonly events: ItemEvents;
  private readonly type: 'function_call' | 'custom_tool_call';

  constructor(
    place: OutputPlace,
    private readonly item: JsonObject & { type: 'function_call' | 'custom_tool_call' },
  ) {
    this.type = item.type;
    this.events = new ItemEvents(place.sink, place.index, place.id);
    this.events.itemAdded(item);
  }

  say(piece: string): void {
    const { field } = TEXTS[this.type];
    this.item[field] = String(this.item[field]) + piece;
    this.events.delta(this.type, 0, piece);
  }

  close(status: ItemStatus): void {
    this.item['status'] = status;
    this.events.told(this.type, 0, this.item);
    this.events.itemDone(this.item);
  }
}
