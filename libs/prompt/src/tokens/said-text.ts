import { IMAGE_TOKENS, type ChatCompletionRequest, type ChatMessage } from '@relay/contracts';

/** Tokens around each message and before the answer in OpenAI's chat format (openai-cookbook, "How to count tokens"). */
export const TOKENS_PER_MESSAGE = 3;
export const TOKENS_BEFORE_ANSWER = 3;

/** What of a request becomes tokens: its text, and what comes on top of the text's own tokens. */
export interface AskedText {
  readonly text: string;
  readonly extraTokens: number;
}

/** All messages and the tools that are offered. The line breaks between messages stand for the name of the role, one token each. */
export function askedText({ messages, tools }: ChatCompletionRequest): AskedText {
  const texts = messages.map(saidText);
  if (tools && tools.length > 0) texts.push(JSON.stringify(tools));
  const images = messages.reduce((sum, message) => sum + imagesOf(message.content), 0);
  const given = messages.reduce((sum, { content }) => sum + givenTokens(content), 0);
  const extraTokens = messages.length * TOKENS_PER_MESSAGE + TOKENS_BEFORE_ANSWER + images * IMAGE_TOKENS + given;
  return { text: texts.join('\n'), extraTokens };
}

/** The same of an input that is no conversation, which nothing is put around. */
export function askedInput({ messages }: ChatCompletionRequest): AskedText {
  const extraTokens = messages.reduce((sum, { content }) => sum + givenTokens(content), 0);
  return { text: messages.map(saidText).join('\n'), extraTokens };
}

/** Of parts that stand for text which the app sent as tokens. */
export function givenTokens(content: ChatMessage['content']): number {
  if (!Array.isArray(content)) return 0;
  return content.reduce((sum, part) => sum + (part.type === 'tokens' ? listOf(part['tokens']).length : 0), 0);
}

/** The text of a message, or of a piece of one: content, reasoning, refusal, calls of tools. Anything else is no text. */
export function saidText(message: unknown): string {
  if (!isObject(message)) return '';
  const { content, reasoning_content: reasoning, refusal, tool_calls: calls } = message;
  return textOf(reasoning) + textOf(content) + textOf(refusal) + listOf(calls).map(callText).join('');
}

function callText(call: unknown): string {
  const called = isObject(call) ? call['function'] : null;
  return isObject(called) ? textOf(called['name']) + textOf(called['arguments']) : '';
}

function textOf(content: unknown): string {
  if (typeof content === 'string') return content;
  return listOf(content)
    .map((part) => (isObject(part) && typeof part['text'] === 'string' ? part['text'] : ''))
    .join('');
}

function imagesOf(content: ChatMessage['content']): number {
  return Array.isArray(content) ? content.filter((part) => part.type === 'image_url').length : 0;
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
