import { isJsonObject, jsonObjects, type JsonObject, parseObject } from '../json/json-object';
import { SseReader } from '../sse/sse-reader';
import { readUsage, type Usage } from '../usage';
import type { ChatStreamTranslator } from '../wire-protocol';
import { stringOf, wantsThinking } from './blocks';
import { ChatCalls } from './chat-calls';
import { reasoningOf } from './chat-to-message';
import { eventFrame, type MessageEvent } from './event-frame';
import { MessageBlocks } from './message-blocks';
import { messageId } from './message-id';
import { toMessageUsage } from './message-usage';
import { toStop } from './stop-reasons';

/** A stream of chat chunks as the events of a message. The usage is told at the end, where chat tells it. */
export class ChatToEvents implements ChatStreamTranslator {
  private readonly reader = new SseReader();
  private readonly blocks = new MessageBlocks();
  private readonly calls = new ChatCalls(this.blocks);
  private readonly thinks: boolean;
  private id: string | null = null;
  private usage: Usage | null = null;
  private finishReason: string | null = null;
  private matched: unknown;
  private refused = false;

  constructor(private readonly asked: JsonObject) {
    this.thinks = wantsThinking(asked);
  }

  push(frames: Buffer): Buffer {
    return framesOf(this.read(this.reader.push(frames)));
  }

  end(tail: Buffer): Buffer {
    const events = this.read([...this.reader.push(tail), ...this.reader.end()]);
    if (this.id === null) events.push(this.start({}));
    this.blocks.end();
    return framesOf([...events, ...this.blocks.take(), ...this.close()]);
  }

  /** A malformed chunk does not void the rest. */
  private read(data: readonly string[]): MessageEvent[] {
    const events: MessageEvent[] = [];
    for (const text of data) {
      const chunk = parseObject(text); // null: `[DONE]`, which says nothing that the end of the stream does not say
      if (chunk === null) continue;
      if (this.id === null) events.push(this.start(chunk));
      this.usage = readUsage(chunk['usage']) ?? this.usage;
      const choice = jsonObjects(chunk['choices'])[0];
      if (choice) this.take(choice);
      events.push(...this.blocks.take());
    }
    return events;
  }

  private start(chunk: JsonObject): MessageEvent {
    this.id = messageId(chunk['id'], this.asked);
    return {
      type: 'message_start',
      message: {
        id: this.id,
        type: 'message',
        role: 'assistant',
        model: chunk['model'] ?? this.asked['model'],
        content: [],
        stop_reason: null,
        stop_sequence: null,
        usage: toMessageUsage(null),
      },
    };
  }

  /** What a choice says comes before how it ends: the last words may stand in the chunk that has the finish reason. */
  private take({ delta, finish_reason: finishReason, stop_reason: matched }: JsonObject): void {
    if (isJsonObject(delta)) this.say(delta);
    if (typeof finishReason === 'string') this.finishReason = finishReason;
    if (matched !== undefined && matched !== null) this.matched = matched;
  }

  private say(delta: JsonObject): void {
    if (this.thinks) this.blocks.say('thinking', reasoningOf(delta));
    this.blocks.say('text', stringOf(delta['content']));
    const refusal = stringOf(delta['refusal']);
    if (refusal !== '') this.refused = true;
    this.blocks.say('text', refusal);
    for (const call of jsonObjects(delta['tool_calls'])) this.calls.add(call, this.id ?? '');
  }

  private close(): MessageEvent[] {
    const { finishReason, matched, refused: isRefusal } = this;
    const delta = toStop({ finishReason, matched, hasCalls: this.calls.any, isRefusal }, this.asked);
    return [
      { type: 'message_delta', delta: { ...delta }, usage: toMessageUsage(this.usage) },
      { type: 'message_stop' },
    ];
  }
}

const framesOf = (events: readonly MessageEvent[]): Buffer => Buffer.from(events.map(eventFrame).join(''));
