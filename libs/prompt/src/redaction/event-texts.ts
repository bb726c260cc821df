import { isJsonObject, type JsonObject } from './delta-texts';

/** A text that an event brings a piece of. `with` gives the event with another piece. */
export interface EventText {
  readonly id: string; // equal for all pieces of one text, and the beginning of no other text's
  readonly isArguments: boolean;
  readonly isContent: boolean;
  readonly piece: string;
  readonly with: (piece: string) => JsonObject;
}

/** Fields of a delta of Anthropic's messages that hold text. */
const BLOCK_FIELDS = ['text', 'thinking', 'partial_json'] as const;

/** The piece of text in an event of a response or of a message; null where it brings none. */
export function eventText(event: JsonObject): EventText | null {
  const { type, delta } = event;
  if (typeof type !== 'string') return null;
  if (type === 'content_block_delta' && isJsonObject(delta)) return blockText(event, delta);
  if (!type.startsWith('response.') || !type.endsWith('.delta') || typeof delta !== 'string') return null;
  return {
    id: placeInResponse(event),
    isArguments: type.includes('arguments'),
    isContent: type === 'response.output_text.delta',
    piece: delta,
    with: (piece) => ({ ...event, delta: piece }),
  };
}

/** The text that ends with this event, by its id. */
export function endedText(event: JsonObject): string | null {
  const { type } = event;
  if (type === 'content_block_stop') return placeOfBlock(event);
  const ends = typeof type === 'string' && type.startsWith('response.') && type.endsWith('.done');
  return ends && event['item_id'] !== undefined ? placeInResponse(event) : null;
}

function blockText(event: JsonObject, delta: JsonObject): EventText | null {
  const field = BLOCK_FIELDS.find((name) => typeof delta[name] === 'string');
  if (field === undefined) return null;
  return {
    id: placeOfBlock(event),
    isArguments: field === 'partial_json',
    isContent: field === 'text',
    piece: String(delta[field]),
    with: (piece) => ({ ...event, delta: { ...delta, [field]: piece } }),
  };
}

const placeOfBlock = ({ index }: JsonObject): string => `block ${String(index)}/`;

function placeInResponse({ output_index: output, content_index: content, summary_index: summary }: JsonObject): string {
  return `item ${[output, content, summary].map((index) => (typeof index === 'number' ? index : '-')).join(' ')}/`;
}
