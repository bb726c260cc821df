import type { LanguageModelV3StreamPart, SharedV3ProviderMetadata } from '@ai-sdk/provider';
import type { JsonObject, Usage } from '@relay/protocols';
import { imageOf, citationOf, signedCall, thoughtOf } from './chat-extras';
import { chatUsage } from './sdk-usage';

type Part = LanguageModelV3StreamPart;

interface ToolCall {
  readonly index: number;
  hasArguments: boolean;
}

/** Writes the parts of a stream as chunks of chat. */
export class ChatFrames {
  private id: string;
  private isBegun = false;
  private head = '';
  private readonly calls = new Map<string, ToolCall>();
  private thought = ''; // since its start
  private thoughtMetadata: SharedV3ProviderMetadata = {};

  /** `created`: s since the epoch. */
  constructor(
    private model: string,
    requestId: string,
    private readonly created: number,
    private readonly vendor: string,
  ) {
    this.id = `chatcmpl-${requestId}`;
  }

  /** The frames of a part; empty where it says nothing to the client. */
  write(part: Part): string {
    switch (part.type) {
      case 'response-metadata':
        return this.metadata(part);
      case 'text-delta':
        return part.delta === '' ? '' : this.delta(`{"content":${JSON.stringify(part.delta)}}`);
      case 'reasoning-start':
      case 'reasoning-delta':
      case 'reasoning-end':
        return this.reasoning(part);
      case 'tool-input-start':
        return part.providerExecuted ? '' : this.callStart(part.id, part.toolName, '');
      case 'tool-input-delta':
        return this.callDelta(part.id, part.delta);
      case 'tool-call':
        return part.providerExecuted ? '' : this.callEnd(part);
      case 'file':
        return this.delta(JSON.stringify({ images: [imageOf(part)] }));
      case 'source':
        return part.sourceType === 'url' ? this.delta(JSON.stringify({ annotations: [citationOf(part)] })) : '';
      default:
        return '';
    }
  }

  finish(finishReason: string): string {
    return this.delta('{}', JSON.stringify(finishReason));
  }

  /** What closes the stream. */
  tail(usage: Usage | null): Buffer {
    const head = `{"id":${JSON.stringify(this.id)},"object":"chat.completion.chunk","created":${this.created},"model":${JSON.stringify(this.model)}`;
    const frame = usage === null ? '' : `data: ${head},"choices":[],"usage":${JSON.stringify(chatUsage(usage))}}\n\n`;
    return Buffer.from(`${frame}data: [DONE]\n\n`);
  }

  private metadata({ id, modelId }: { id?: string; modelId?: string }): '' {
    if (this.isBegun) return '';
    this.id = id ?? this.id;
    this.model = modelId ?? this.model;
    return '';
  }

  private reasoning(part: Extract<Part, { type: 'reasoning-start' | 'reasoning-delta' | 'reasoning-end' }>): string {
    if (part.type === 'reasoning-start') {
      this.thought = '';
      this.thoughtMetadata = {};
    }
    Object.assign(this.thoughtMetadata, merged(this.thoughtMetadata, part.providerMetadata));
    if (part.type === 'reasoning-delta' && part.delta !== '') {
      this.thought += part.delta;
      return this.delta(`{"reasoning_content":${JSON.stringify(part.delta)}}`);
    }
    if (part.type !== 'reasoning-end') return '';
    const detail = thoughtOf(this.thought, this.thoughtMetadata[this.vendor]);
    return detail === null ? '' : this.delta(JSON.stringify({ reasoning_details: [detail] }));
  }

  private callStart(id: string, name: string, input: string, metadata?: SharedV3ProviderMetadata): string {
    const index = this.calls.size;
    this.calls.set(id, { index, hasArguments: input !== '' });
    const call = { index, id, type: 'function', function: { name, arguments: input }, ...signedCall(metadata) };
    return this.delta(JSON.stringify({ tool_calls: [call] }));
  }

  private callDelta(id: string, delta: string): string {
    const call = this.calls.get(id);
    if (!call || delta === '') return '';
    call.hasArguments = true;
    return this.delta(`{"tool_calls":[{"index":${call.index},"function":{"arguments":${JSON.stringify(delta)}}}]}`);
  }

  /** A call that came whole, or whose arguments were not told in pieces: without any they are `{}`. */
  private callEnd({ toolCallId, toolName, input, providerMetadata }: Extract<Part, { type: 'tool-call' }>): string {
    const call = this.calls.get(toolCallId);
    if (!call) return this.callStart(toolCallId, toolName, input, providerMetadata);
    const rest = call.hasArguments ? '' : this.callDelta(toolCallId, input);
    const signature = signedCall(providerMetadata);
    if (Object.keys(signature).length === 0) return rest;
    return rest + this.delta(JSON.stringify({ tool_calls: [{ index: call.index, ...signature }] }));
  }

  /** The role comes with the first content, not before: until then another target may still be asked. */
  private delta(delta: string, finishReason = 'null'): string {
    const role = this.isBegun ? '' : this.begin();
    return `${role}${this.head}${delta},"finish_reason":${finishReason}}]}\n\n`;
  }

  private begin(): string {
    this.isBegun = true;
    const start: JsonObject = {
      id: this.id,
      object: 'chat.completion.chunk',
      created: this.created,
      model: this.model,
    };
    this.head = `data: ${JSON.stringify(start).slice(0, -1)},"choices":[{"index":0,"delta":`;
    return `${this.head}{"role":"assistant","content":""},"finish_reason":null}]}\n\n`;
  }
}

function merged(known: SharedV3ProviderMetadata, told: SharedV3ProviderMetadata | undefined): SharedV3ProviderMetadata {
  const all: SharedV3ProviderMetadata = {};
  for (const [vendor, facts] of Object.entries(told ?? {})) all[vendor] = { ...known[vendor], ...facts };
  return all;
}
