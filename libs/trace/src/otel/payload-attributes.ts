import type { TracePayload } from '../domain/trace-record';
import type { SpanAttributes } from './domain/span';

/** Of a request or an answer; longer ones are left out rather than cut, for half a JSON is none. In characters. */
const MAX_TEXT_CHARS = 16_384;

/**
 * Prompt and answer of a request by the GenAI conventions, where both are chat; else as they are. Read at once, for what waits for the
 * collector must not hold whole bodies.
 */
export function payloadAttributes({ request, response }: TracePayload): SpanAttributes {
  return {
    ...side(request, 'gen_ai.input.messages', 'relay.payload.request', askedMessages),
    ...side(response, 'gen_ai.output.messages', 'relay.payload.response', answeredMessages),
  };
}

type Read = (body: unknown) => unknown[] | null;

function side(text: string, name: string, rawName: string, read: Read): SpanAttributes {
  if (text === '') return {};
  if (text.length > MAX_TEXT_CHARS) return { [`${rawName}.left_out_chars`]: text.length };
  const messages = read(parse(text));
  return messages ? { [name]: JSON.stringify(messages) } : { [rawName]: text };
}

interface ChatMessage {
  readonly role?: unknown;
  readonly content?: unknown;
}

function askedMessages(body: unknown): unknown[] | null {
  const messages = listIn<ChatMessage>(body, 'messages');
  return messages?.map((message) => ({ role: message.role ?? 'user', parts: partsOf(message) })) ?? null;
}

function answeredMessages(body: unknown): unknown[] | null {
  const choices = listIn<{ message?: ChatMessage; finish_reason?: unknown }>(body, 'choices');
  if (!choices?.every(({ message }) => message !== undefined)) return null;
  return choices.map(({ message = {}, finish_reason }) => ({
    role: message.role ?? 'assistant',
    parts: partsOf(message),
    finish_reason: finish_reason ?? null,
  }));
}

/** Tool calls, images and the like keep the form that the app gave them. */
function partsOf({ role: _role, content, ...more }: ChatMessage): unknown[] {
  const text = typeof content === 'string' ? [{ type: 'text', content }] : [];
  const parts: unknown[] = Array.isArray(content) ? content : [];
  return [...text, ...parts, ...(Object.keys(more).length > 0 ? [{ type: 'other', ...more }] : [])];
}

function listIn<Item extends object>(body: unknown, name: string): Item[] | null {
  const list = (body as Record<string, unknown> | null)?.[name];
  if (!Array.isArray(list)) return null;
  return list.every((item) => item !== null && typeof item === 'object') ? (list as Item[]) : null;
}

function parse(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' ? value : null;
  } catch {
    return null;
  }
}
