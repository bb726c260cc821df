import { ByteLog } from '@relay/core';
import { isJsonObject, type JsonObject, parseObject } from '../json/json-object';
import { readSseData } from '../sse/sse-data';
import type { Usage } from '../usage';
import type { AnswerAssembler } from '../wire-protocol';
import { assembleMessage } from './assemble-message';
import { stringOf } from './blocks';
import { mergeMessageUsage, toMessageUsage } from './message-usage';

/** Gathers the events of one stream and makes a whole message of them. Nothing is parsed until somebody asks. */
export class MessageAssembler implements AnswerAssembler {
  private frames = new ByteLog();
  private overflowed = false;

  /** `maxBytes`: most that is held of one stream, as received; a longer stream is given up. */
  constructor(private readonly maxBytes: number) {}

  push(frames: Buffer): void {
    if (this.overflowed) return;
    if (this.frames.length + frames.length > this.maxBytes) {
      this.overflowed = true;
      this.frames = new ByteLog();
    } else this.frames.push(frames);
  }

  said(): string | null {
    if (this.overflowed) return null;
    return this.payloads().map(saidIn).join('');
  }

  finish(usage?: Usage | null): Buffer | undefined {
    if (this.overflowed || this.frames.length === 0) return undefined;
    const events = this.payloads();
    this.frames = new ByteLog();
    const whole = events.every((event) => event !== null) ? assembleMessage(events) : undefined;
    if (whole === undefined) return undefined;
    if (usage && countsNothing(whole['usage']))
      whole['usage'] = { ...asObject(whole['usage']), ...toMessageUsage(usage) };
    return Buffer.from(JSON.stringify(whole));
  }

  /** Null for a malformed one: the client got it as it was, the cache does not want it. */
  private payloads(): (JsonObject | null)[] {
    return readSseData(this.frames.toString()).payloads.map(parseObject);
  }
}

function saidIn(event: JsonObject | null): string {
  const { type, delta, content_block: block } = event ?? {};
  if (type === 'content_block_start') return stringOf(asObject(block)['name']) + stringOf(asObject(block)['text']);
  if (type !== 'content_block_delta') return '';
  const { text, thinking, partial_json: json } = asObject(delta);
  return stringOf(text) + stringOf(thinking) + stringOf(json);
}

/** A stream that was translated says zeros where its provider told nothing. */
function countsNothing(told: unknown): boolean {
  const usage = mergeMessageUsage(null, told);
  return usage === null || (usage.inputTokens === 0 && usage.outputTokens === 0);
}

const asObject = (value: unknown): JsonObject => (isJsonObject(value) ? value : {});
