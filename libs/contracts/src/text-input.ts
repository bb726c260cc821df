/** What a model is given to read outside of a conversation: text, several texts, or either of them as tokens. */
export type TextInput = string | readonly string[] | readonly number[] | readonly (readonly number[])[];

export const TEXT_INPUT = 'a text, a list of texts, a list of tokens, or a list of lists of tokens';

/** In one pass: a union of schemas would look at each of perhaps 300,000 tokens in every branch, and report each that does not fit. */
export function isTextInput(value: unknown): value is TextInput {
  if (typeof value === 'string') return true;
  if (!Array.isArray(value) || value.length === 0) return false;
  const items = value as readonly unknown[];
  return items.every(isText) || items.every(isToken) || items.every(isTokenList);
}

const isText = (value: unknown): boolean => typeof value === 'string';
const isToken = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0;
const isTokenList = (value: unknown): boolean => Array.isArray(value) && value.length > 0 && value.every(isToken);
