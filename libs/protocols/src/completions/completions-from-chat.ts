import { saidText } from '@relay/prompt';
import { wantsUsage } from '../chat/chat.protocol';
import { DONE_FRAME } from '../chat/completion-to-sse';
import { jsonObjects, parseObject, type JsonObject } from '../json/json-object';
import { SseReader } from '../sse/sse-reader';
import type { ChatStreamTranslator, ChatTranslation } from '../wire-protocol';

const OBJECT = 'text_completion';

/** Answers of chat as completions: what was said, without who said it. */
export const completionsFromChat: ChatTranslation = {
  answer(chat) {
    const { choices, ...shared } = chat;
    return {
      ...shared,
      object: OBJECT,
      choices: jsonObjects(choices).map((choice) => told(choice, choice['message'])),
    };
  },
  stream: (asked) => new CompletionChunks(wantsUsage(asked)),
};

/** Each chunk of chat stands for itself; one that is too long to come in one piece waits until it is whole. */
class CompletionChunks implements ChatStreamTranslator {
  private readonly reader = new SseReader();
  private isOver = false;

  constructor(private readonly includeUsage: boolean) {}

  push(frames: Buffer): Buffer {
    return this.told(this.reader.push(frames));
  }

  end(tail: Buffer): Buffer {
    return this.told([...this.reader.push(tail), ...this.reader.end()]);
  }

  private told(payloads: readonly string[]): Buffer {
    let text = '';
    for (const payload of payloads) {
      if (this.isOver) break;
      this.isOver = payload === '[DONE]';
      text += this.isOver ? DONE_FRAME : this.frame(parseObject(payload));
    }
    return Buffer.from(text);
  }

  /** Nothing for chunks that say nothing here: the role, a piece of reasoning, a usage that nobody asked for. */
  private frame(chunk: JsonObject | null): string {
    if (chunk === null) return '';
    const { choices, usage, ...shared } = chunk;
    const pieces = jsonObjects(choices)
      .map((choice) => told(choice, choice['delta']))
      .filter(({ text, finish_reason: finishReason }) => text !== '' || finishReason !== null);
    const telling = this.includeUsage ? { usage: usage ?? null } : {};
    const saysUsage = this.includeUsage && usage != null;
    if (pieces.length === 0 && !saysUsage) return '';
    return `data: ${JSON.stringify({ ...shared, object: OBJECT, choices: pieces, ...telling })}\n\n`;
  }
}

/** A choice of chat as one of completions; what was only thought is not said. */
function told({ index, finish_reason: finishReason }: JsonObject, message: unknown): JsonObject {
  const { content, refusal } = (message ?? {}) as JsonObject;
  const text = saidText({ content }) + saidText({ refusal });
  return { text, index: index ?? 0, logprobs: null, finish_reason: finishReason ?? null };
}
