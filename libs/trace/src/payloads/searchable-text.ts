import type { TracePayload } from '../domain/trace-record';

/** What full-text search looks into; the index takes no more. */
export const MAX_SEARCHABLE_BYTES = 65_536;
/** Of the request, so that a long one leaves room for its answer. In UTF-16 units. */
const MAX_ASKED_CHARS = 49_152;
const MAX_DEPTH = 64;

/** Fields whose strings are words that somebody said, in any of the protocols. */
const WORD_FIELDS: ReadonlySet<string> = new Set([
  'arguments',
  'content',
  'documents',
  'input',
  'instructions',
  'output',
  'output_text',
  'prompt',
  'query',
  'reasoning',
  'reasoning_content',
  'refusal',
  'summary',
  'system',
  'text',
  'thinking',
  'transcript',
]);
/** Fields below those that hold no words: settings, ids, images and recordings. */
const NO_WORDS: ReadonlySet<string> = new Set([
  ...['data', 'detail', 'encrypted_content', 'file_data', 'format', 'id', 'image_url', 'media_type', 'model', 'role'],
  ...['signature', 'status', 'type', 'url'],
]);
/** Base64 in one piece is no text, whatever field it is in. */
const MIN_BINARY_CHARS = 256;
const BINARY = /^(?:data:[^,]{0,256},)?[A-Za-z0-9+/_=-]+$/;

/** The words of prompt and answer without what surrounds them, at most `MAX_SEARCHABLE_BYTES` in UTF-8. */
export function searchableText({ request, response }: TracePayload): string {
  const asked = wordsOf(request, MAX_ASKED_CHARS);
  const answered = wordsOf(response, MAX_SEARCHABLE_BYTES - asked.length);
  return cut([asked, answered].filter((words) => words !== '').join('\n'));
}

function wordsOf(text: string, maxChars: number): string {
  const value = parsed(text);
  if (value === null || typeof value !== 'object') return text.slice(0, maxChars);
  const words = new Words(maxChars);
  words.visit(value, false, 0);
  return words.text;
}

class Words {
  text = '';

  constructor(private readonly maxChars: number) {}

  /** `said`: below a field that holds words. */
  visit(value: unknown, said: boolean, depth: number): void {
    if (this.text.length >= this.maxChars || depth > MAX_DEPTH) return;
    if (typeof value === 'string') {
      if (said) this.add(value);
    } else if (Array.isArray(value)) {
      for (const item of value) this.visit(item, said, depth + 1);
    } else if (value !== null && typeof value === 'object') {
      for (const [field, item] of Object.entries(value))
        if (!NO_WORDS.has(field)) this.visit(item, said || WORD_FIELDS.has(field), depth + 1);
    }
  }

  private add(words: string): void {
    if (words === '' || (words.length >= MIN_BINARY_CHARS && BINARY.test(words))) return;
    const separator = this.text === '' ? '' : '\n';
    this.text = (this.text + separator + words.slice(0, this.maxChars)).slice(0, this.maxChars);
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}

function cut(text: string): string {
  if (text.length * 3 <= MAX_SEARCHABLE_BYTES) return text; // a UTF-16 unit is 3 bytes in UTF-8 at most
  const { read } = new TextEncoder().encodeInto(text, new Uint8Array(MAX_SEARCHABLE_BYTES));
  return text.slice(0, read);
}
