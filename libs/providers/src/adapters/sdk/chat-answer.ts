import type { LanguageModelV3Content, LanguageModelV3GenerateResult } from '@ai-sdk/provider';
import type { JsonObject, Usage } from '@relay/protocols';
import { citationOf, imageOf, signedCall, thoughtOf } from './chat-extras';
import { chatUsage } from './sdk-usage';

/** What an answer says beside its message. */
export interface AnswerHead {
  readonly id: string;
  readonly created: number; // s since the epoch
  readonly model: string;
  readonly vendor: string;
  readonly finishReason: string;
  readonly usage: Usage | null;
}

/** A whole answer as a `chat.completion`. */
export function chatAnswer(content: LanguageModelV3GenerateResult['content'], head: AnswerHead): JsonObject {
  const { id, created, model, vendor, finishReason, usage } = head;
  const message = messageOf(content, vendor);
  return {
    ...{ id, object: 'chat.completion', created, model },
    choices: [{ index: 0, message, logprobs: null, finish_reason: finishReason }],
    ...(usage === null ? {} : { usage: chatUsage(usage) }),
  };
}

function messageOf(content: readonly LanguageModelV3Content[], vendor: string): JsonObject {
  const text = join(content, 'text');
  const reasoning = join(content, 'reasoning');
  const calls = content.flatMap((part) => (part.type === 'tool-call' && !part.providerExecuted ? [callOf(part)] : []));
  const thoughts = content.flatMap((part) =>
    part.type === 'reasoning' ? (thoughtOf(part.text, part.providerMetadata?.[vendor]) ?? []) : [],
  );
  const images = content.flatMap((part) => (part.type === 'file' ? [imageOf(part)] : []));
  const sources = content.flatMap((part) =>
    part.type === 'source' && part.sourceType === 'url' ? [citationOf(part)] : [],
  );
  return {
    ...{ role: 'assistant', content: text === '' && calls.length > 0 ? null : text, refusal: null },
    ...(reasoning === '' ? {} : { reasoning_content: reasoning }),
    ...(thoughts.length === 0 ? {} : { reasoning_details: thoughts }),
    ...(calls.length === 0 ? {} : { tool_calls: calls }),
    ...(images.length === 0 ? {} : { images }),
    ...(sources.length === 0 ? {} : { annotations: sources }),
  };
}

const join = (content: readonly LanguageModelV3Content[], type: 'text' | 'reasoning'): string =>
  content.map((part) => (part.type === type ? part.text : '')).join('');

function callOf(call: Extract<LanguageModelV3Content, { type: 'tool-call' }>): JsonObject {
  const { toolCallId, toolName, input, providerMetadata } = call;
  return {
    ...{ id: toolCallId, type: 'function', function: { name: toolName, arguments: input } },
    ...signedCall(providerMetadata),
  };
}
