import { ByteLog } from '@relay/core';
import { isJsonObject, jsonObjects, parseObject, type JsonObject } from '../json/json-object';
import { readSseData } from '../sse/sse-data';
import type { Usage } from '../usage';
import type { AnswerAssembler } from '../wire-protocol';
import { endOf } from './response-end';
import { responseUsage } from './response-object';

const ENDS: ReadonlySet<unknown> = new Set(['response.completed', 'response.incomplete']);
/** Pieces of what the model said or thought; summaries and texts of one thought come apart. */
const SAID =
  /^response\.(?:output_text|refusal|reasoning_text|reasoning_summary_text|function_call_arguments|custom_tool_call_input|mcp_call_arguments|code_interpreter_call_code)\.delta$/;

/** Gathers a stream of events. The last of them is the answer; what came before is read only if that never comes. */
export class ResponseAssembler implements AnswerAssembler {
  private frames = new ByteLog();
  private overflowed = false;

  /** `maxBytes`: most that is held of one stream, as received; a longer stream is given up. */
  constructor(private readonly maxBytes: number) {}

  push(frames: Buffer): void {
    if (this.overflowed) return;
    this.overflowed = this.frames.length + frames.length > this.maxBytes;
    if (this.overflowed) this.frames = new ByteLog();
    else this.frames.push(frames);
  }

  said(): string | null {
    if (this.overflowed) return null;
    return this.payloads()
      .map((payload) => saidIn(parseObject(payload) ?? {}))
      .join('');
  }

  finish(usage?: Usage | null): Buffer | undefined {
    if (this.overflowed) return undefined;
    const payloads = this.payloads();
    this.frames = new ByteLog();
    const response = wholeResponse(payloads);
    if (response === undefined) return undefined;
    if (usage) response['usage'] ??= responseUsage(usage);
    return Buffer.from(JSON.stringify(response));
  }

  private payloads(): readonly string[] {
    return readSseData(this.frames.toString()).payloads;
  }
}

function saidIn({ type, delta, item }: JsonObject): string {
  if (typeof type !== 'string') return '';
  if (type === 'response.output_item.added')
    return isJsonObject(item) && typeof item['name'] === 'string' ? item['name'] : '';
  return SAID.test(type) && typeof delta === 'string' ? delta : '';
}

/** Nothing follows the last event. */
function wholeResponse(payloads: readonly string[]): JsonObject | undefined {
  const last = parseObject(payloads.at(-1) ?? '');
  if (!last || !ENDS.has(last['type']) || !isJsonObject(last['response'])) return undefined;
  const { response } = last;
  if (endOf(response) === null) return undefined;
  const output = jsonObjects(response['output']);
  return output.length > 0 ? response : { ...response, output: toldItems(payloads) };
}

/** Some servers leave the items out of the last event, having told each before. */
function toldItems(payloads: readonly string[]): JsonObject[] {
  const items = new Map<unknown, JsonObject>();
  for (const payload of payloads) {
    const event = parseObject(payload);
    if (event?.['type'] === 'response.output_item.done' && isJsonObject(event['item'])) {
      items.set(event['output_index'], event['item']);
    }
  }
  return [...items].sort(([a], [b]) => Number(a) - Number(b)).map(([, item]) => item);
}
