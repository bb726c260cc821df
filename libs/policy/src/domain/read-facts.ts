import {
  IMAGE_TOKENS,
  isGenerative,
  tokenCost,
  type ChatCompletionRequest,
  type ChatMessage,
  type Operation,
  type Preference,
  type PromptAnalysis,
  type ServiceLevel,
} from '@relay/contracts';
import { sha256Hex, type Principal } from '@relay/core';
import type { Facts } from './facts';
import type { LiveFacts } from './live';

/** What the app said in headers about how it wants to be served. */
export interface PlanHeaders {
  readonly priority?: ServiceLevel;
  readonly prefer?: Preference;
  readonly deadlineMs?: number;
  readonly tags: readonly string[];
  readonly user?: string;
}

export interface FactSources {
  readonly operation: Operation;
  /** Whatever was asked, as a chat completion. */
  readonly body: ChatCompletionRequest;
  readonly bodyBytes: number;
  readonly headers: PlanHeaders;
  readonly principal: Principal;
  readonly at: number; // ms since the epoch
  /** Estimated tokens of the text of all messages. */
  readonly textTokens: number;
  /** What was found out about the prompt; what nobody needed is `null`. */
  readonly prompt: PromptAnalysis;
}

const JSON_BYTES_PER_TOKEN = 4; // of tool definitions
const ASSUMED_OUTPUT_TOKENS = 256; // of an answer, before there are any
const HASH_DIGITS = 16;
export const MAX_TEXT = 256; // characters of a text that the app chose: facts are stored with every trace
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;
const EPOCH_WEEKDAY = 4; // 1 January 1970 was a Thursday

export function readFacts(sources: FactSources, live: LiveFacts): Facts {
  const { body, headers, principal, at, prompt } = sources;
  const messages = readMessages(body.messages, (body.tools?.length ?? 0) > 0);
  const toolCount = body.tools?.length ?? 0;
  const maxTokens = body.max_completion_tokens ?? body.max_tokens ?? 0;
  const inputTokens = sources.textTokens + otherTokens(messages, toolCount > 0 ? sources.bodyBytes : 0);
  const answers = body.n ?? 1;
  const usual = live.outputTokens.get(prompt.task ?? '') ?? live.outputTokens.get('') ?? ASSUMED_OUTPUT_TOKENS;
  const outputTokens = isGenerative(sources.operation)
    ? Math.round(Math.min(maxTokens || Infinity, usual)) * answers
    : 0;
  return {
    tenant: pickTenant(principal, live),
    key: { name: principal.keyName, scopes: principal.scopes },
    request: {
      operation: sources.operation,
      model: body.model,
      stream: body.stream ?? false,
      n: answers,
      tags: headers.tags,
      priority: headers.priority ?? '',
      user: (headers.user ?? body.user ?? '').slice(0, MAX_TEXT),
      prefer: headers.prefer ?? '',
      hasTools: toolCount > 0,
      toolCount,
      responseFormat: (body.response_format?.type ?? 'text').slice(0, MAX_TEXT),
      maxTokens,
      temperature: body.temperature ?? 1,
    },
    features: {
      inputTokens,
      outputTokens,
      predictedTokens: tokenCost(inputTokens, outputTokens),
      turns: messages.turns,
      images: messages.images,
      systemHash: messages.hasSystem ? sha256Hex(messages.system).slice(0, HASH_DIGITS) : '',
      hasSystem: messages.hasSystem,
      hour: Math.floor(at / HOUR_MS) % 24,
      weekday: (Math.floor(at / DAY_MS) + EPOCH_WEEKDAY) % 7,
      task: prompt.task ?? '',
      language: prompt.language ?? '',
      complexity: prompt.complexity ?? 0,
      injection: prompt.injection ?? 0,
      pii: prompt.pii ?? [],
    },
  };
}

function pickTenant({ tenant }: Principal, { spentUsd }: LiveFacts): Facts['tenant'] {
  return { id: tenant.id, tier: tenant.tier, tags: tenant.tags, weight: tenant.weight, spentUsd: spentUsd ?? 0 };
}

interface MessageSummary {
  readonly measures: boolean; // bytes count only where there are tools to be told from them
  textBytes: number;
  mediaBytes: number; // of URLs and inline data, which are no text to the model
  images: number;
  turns: number;
  hasSystem: boolean;
  system: string;
}

/** Tool definitions count as what the body holds beside the messages: measuring them apart would mean to serialise them again. */
function otherTokens(messages: MessageSummary, bodyBytesWithTools: number): number {
  const toolBytes = Math.max(0, bodyBytesWithTools - messages.textBytes - messages.mediaBytes);
  return Math.ceil(toolBytes / JSON_BYTES_PER_TOKEN) + messages.images * IMAGE_TOKENS;
}

function readMessages(messages: readonly ChatMessage[], measures: boolean): MessageSummary {
  const summary: MessageSummary = {
    measures,
    textBytes: 0,
    mediaBytes: 0,
    images: 0,
    turns: 0,
    hasSystem: false,
    system: '',
  };
  for (const message of messages) {
    const isSystem = message.role === 'system' || message.role === 'developer';
    if (isSystem) summary.hasSystem = true;
    if (message.role === 'user') summary.turns++;
    readContent(message.content, isSystem, summary);
  }
  return summary;
}

function readContent(content: ChatMessage['content'], isSystem: boolean, summary: MessageSummary): void {
  if (typeof content === 'string') return addText(content, isSystem, summary);
  for (const part of content ?? []) {
    if (typeof part['text'] === 'string') addText(part['text'], isSystem, summary);
    if (part.type !== 'image_url') continue;
    summary.images++;
    const image = part['image_url'];
    if (typeof image !== 'object' || image === null || !('url' in image) || typeof image.url !== 'string') continue;
    summary.mediaBytes += image.url.length; // URLs and base64 are ASCII
  }
}

function addText(text: string, isSystem: boolean, summary: MessageSummary): void {
  if (summary.measures) summary.textBytes += Buffer.byteLength(text);
  if (isSystem) summary.system += (summary.system ? '\n' : '') + text;
}
