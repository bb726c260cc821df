import { isJsonObject, type JsonObject } from '../json/json-object';
import { stringOf } from './blocks';
import { callId } from './message-id';
import type { CallStart, MessageBlocks } from './message-blocks';

interface Call {
  readonly index: unknown;
  /** As the server gave it; empty where it did not. */
  readonly givenId: string;
  readonly start: CallStart;
  readonly add: (piece: string) => void;
}

/** The calls of one answer, told apart as servers tell them: by index, by id where every call has index 0, by order. */
export class ChatCalls {
  private readonly calls: Call[] = [];

  constructor(private readonly blocks: MessageBlocks) {}

  get any(): boolean {
    return this.calls.length > 0;
  }

  /** One item of `tool_calls` of a delta. */
  add(piece: JsonObject, message: string): void {
    const { name, arguments: given } = isJsonObject(piece['function']) ? piece['function'] : {};
    const call = this.find(piece) ?? this.begin(piece, stringOf(name), message);
    if (call.start.name === '') call.start.name = stringOf(name);
    call.add(stringOf(given));
  }

  private find({ index, id }: JsonObject): Call | undefined {
    const given = stringOf(id);
    if (typeof index !== 'number') {
      return given === '' ? this.calls.at(-1) : this.calls.findLast(({ givenId }) => givenId === given);
    }
    const call = this.calls.findLast((each) => each.index === index);
    return call && given !== '' && call.givenId !== '' && call.givenId !== given ? undefined : call;
  }

  private begin({ index, id }: JsonObject, name: string, message: string): Call {
    const givenId = stringOf(id);
    const start = { id: givenId || callId(message, this.calls.length), name };
    const call = { index, givenId, start, add: this.blocks.call(start) };
    this.calls.push(call);
    return call;
  }
}
