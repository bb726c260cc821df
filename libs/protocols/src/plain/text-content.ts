import type { ContentPart, TextInput } from '@relay/contracts';

/** What a message of chat may hold. */
type Content = string | ContentPart[];

/** An input as the content of one message: texts, and of tokens how many there are. */
export function contentOf(input: TextInput): Content {
  if (typeof input === 'string') return input;
  const texts = input.filter((item) => typeof item === 'string');
  return texts.length === input.length ? texts.map(textPart) : [{ type: 'tokens', tokens: tokensIn(input) }];
}

/** How many answers it asks for: one for each text, or list of tokens. */
export function inputsIn(input: TextInput): number {
  return typeof input === 'string' || typeof input[0] === 'number' ? 1 : input.length;
}

export function textPart(text: string): ContentPart {
  return { type: 'text', text };
}

function tokensIn(input: Exclude<TextInput, string>): number {
  let tokens = 0;
  for (const item of input) tokens += typeof item === 'object' ? item.length : 1;
  return tokens;
}
