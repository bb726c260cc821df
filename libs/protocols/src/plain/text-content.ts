import type { ContentPart, TextInput } from '@relay/contracts';

/** What a message of chat may hold. */
type Content = string | ContentPart[];

/** An input as the content of one message: texts, and tokens as they are, which only count. */
export function contentOf(input: TextInput): Content {
  if (typeof input === 'string') return input;
  if (isTokens(input)) return [tokensPart(input)];
  return input.map((item) => (typeof item === 'string' ? textPart(item) : tokensPart(item)));
}

/** How many answers it asks for: one for each text, or list of tokens. */
export function inputsIn(input: TextInput): number {
  return typeof input === 'string' || isTokens(input) ? 1 : input.length;
}

export function textPart(text: string): ContentPart {
  return { type: 'text', text };
}

function tokensPart(tokens: readonly number[]): ContentPart {
  return { type: 'tokens', tokens };
}

function isTokens(input: Exclude<TextInput, string>): input is readonly number[] {
  return typeof input[0] === 'number';
}
