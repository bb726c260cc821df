import { isJsonObject, jsonObjects, parseObject, type JsonObject } from '../json/json-object';
import { SseReader } from '../sse/sse-reader';
import type { ChatStreamTranslator, ChatTranslation } from '../wire-protocol';
import { ResponseBuilder } from './response-builder';
import { EventFrames, NO_EVENTS } from './response-events';

/** Answers of chat, told as responses. Of several choices the first: a response has one. */
export const responseFromChat: ChatTranslation = {
  answer(chat, asked) {
    const builder = new ResponseBuilder(asked, NO_EVENTS);
    const choice = jsonObjects(chat['choices'])[0];
    builder.add(chat, choice, choice && numbered(choice['message']));
    return builder.finish();
  },
  stream: (asked) => new ChatToResponseEvents(asked),
};

/** Calls in a whole message are told apart by where they stand. */
function numbered(message: unknown): unknown {
  if (!isJsonObject(message) || !Array.isArray(message['tool_calls'])) return message;
  return { ...message, tool_calls: jsonObjects(message['tool_calls']).map((call, index) => ({ ...call, index })) };
}

class ChatToResponseEvents implements ChatStreamTranslator {
  private readonly frames = new EventFrames();
  private readonly builder: ResponseBuilder;
  private readonly reader = new SseReader();

  constructor(asked: JsonObject) {
    this.builder = new ResponseBuilder(asked, this.frames);
  }

  push(frames: Buffer): Buffer {
    this.read(frames);
    return this.written();
  }

  end(tail: Buffer): Buffer {
    this.read(tail);
    this.builder.finish();
    return this.written();
  }

  private read(frames: Buffer): void {
    for (const payload of this.reader.push(frames)) this.chunk(payload);
  }

  /** A chunk that is not understood does not void the rest. */
  private chunk(payload: string): void {
    const chunk = parseObject(payload);
    if (chunk === null) return;
    const choice = jsonObjects(chunk['choices']).find(({ index }) => index === undefined || index === 0);
    this.builder.add(chunk, choice, choice?.['delta']);
  }

  private written(): Buffer {
    return Buffer.from(this.frames.take().join(''));
  }
}
