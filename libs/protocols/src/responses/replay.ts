import { textPieces } from '../chat/completion-to-sse-pieces';
import { isJsonObject, jsonObjects, type JsonObject } from '../json/json-object';
import { isTextType, ItemEvents, TEXTS, type TextType } from './item-events';
import { EventFrames } from './response-events';

/** Most pieces that the texts of one answer are cut into; longer texts are cut into longer pieces. */
const MAX_PIECES = 2_000;

type Cut = (text: string) => string[];

/**
 * A stored response as the events in which OpenAI would have sent it. The last frame is the one that says how it ended, with the whole
 * response in it. `inPieces`: texts in pieces of about a token; otherwise one piece a text, and one buffer for all frames. Throws if the
 * body is not JSON, which no stored body is.
 */
export function replayResponse(answer: Buffer, inPieces: boolean): Buffer[] {
  const parsed: unknown = JSON.parse(answer.toString('utf8'));
  const response = isJsonObject(parsed) ? parsed : {};
  const output = jsonObjects(response['output']);
  const events = new EventFrames();
  const begun = begunAgain(response);
  events.add('response.created', { response: begun });
  events.add('response.in_progress', { response: begun });
  const cut = inPieces ? cutterFor(output) : (text: string) => [text];
  for (const [index, item] of output.entries()) tellItem(new ItemEvents(events, index, item['id']), item, cut);
  events.add(response['status'] === 'incomplete' ? 'response.incomplete' : 'response.completed', { response });
  const frames = events.take();
  return inPieces ? frames.map((frame) => Buffer.from(frame)) : [Buffer.from(frames.join(''))];
}

/** As it was before anything was said. */
function begunAgain(response: JsonObject): JsonObject {
  const begun: JsonObject = { ...response, status: 'in_progress', output: [], usage: null, incomplete_details: null };
  if ('completed_at' in response) begun['completed_at'] = null;
  delete begun['output_text']; // which some servers add
  return begun;
}

function tellItem(events: ItemEvents, item: JsonObject, cut: Cut): void {
  const { type } = item;
  const parts = jsonObjects(item['content']);
  const summary = jsonObjects(item['summary']);
  events.itemAdded(emptied(item));
  for (const [index, part] of summary.entries()) tellPart(events, index, part, cut);
  for (const [index, part] of parts.entries()) tellPart(events, index, part, cut);
  if (isTextType(type) && TEXTS[type].index === null) tellText(events, type, 0, item, cut);
  events.itemDone(item);
}

function emptied(item: JsonObject): JsonObject {
  const { type } = item;
  const empty: JsonObject = { ...item };
  if ('status' in item) empty['status'] = 'in_progress';
  if (Array.isArray(item['content'])) empty['content'] = [];
  if (Array.isArray(item['summary'])) empty['summary'] = [];
  if (isTextType(type) && TEXTS[type].index === null) empty[TEXTS[type].field] = '';
  return empty;
}

/** A part of a kind that is not told bit by bit comes with the item. */
function tellPart(events: ItemEvents, index: number, part: JsonObject, cut: Cut): void {
  const { type, annotations, logprobs } = part;
  if (!isTextType(type)) return;
  const empty: JsonObject = { ...part, [TEXTS[type].field]: '' };
  if (annotations !== undefined) empty['annotations'] = [];
  if (logprobs !== undefined) empty['logprobs'] = [];
  events.partAdded(type, index, empty);
  tellText(events, type, index, part, cut);
  for (const [at, annotation] of jsonObjects(annotations).entries()) events.annotationAdded(index, at, annotation);
  events.partDone(type, index, part);
}

/** Log probabilities go with the first piece of the text that they belong to. */
function tellText(events: ItemEvents, type: TextType, index: number, holder: JsonObject, cut: Cut): void {
  const text = textIn(holder, type);
  const hasLogprobs = type === 'output_text';
  for (const [i, piece] of (text === '' ? [] : cut(text)).entries()) {
    events.delta(type, index, piece, hasLogprobs ? { logprobs: i === 0 ? (holder['logprobs'] ?? []) : [] } : {});
  }
  events.told(type, index, holder);
}

function textIn(holder: JsonObject, type: TextType): string {
  const text = holder[TEXTS[type].field];
  return typeof text === 'string' ? text : '';
}

function cutterFor(output: readonly JsonObject[]): Cut {
  const holders = output.flatMap((item) => [item, ...jsonObjects(item['content']), ...jsonObjects(item['summary'])]);
  const chars = holders.reduce((sum, holder) => {
    const { type } = holder;
    return isTextType(type) ? sum + textIn(holder, type).length : sum;
  }, 0);
  const atLeast = Math.max(1, Math.ceil(chars / MAX_PIECES));
  return (text) => textPieces(text, atLeast);
}
