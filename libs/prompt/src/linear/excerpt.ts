/** Characters that are looked at, so that a prompt of megabytes costs no more than one of some kilobytes. */
const HEAD_CHARACTERS = 4_000;
const TAIL_CHARACTERS = 2_000;

/** The longest excerpt, in characters. */
export const MAX_EXCERPT = HEAD_CHARACTERS + 1 + TAIL_CHARACTERS;

/** Beginning and end of a text, where the instructions stand; all of it if it is short. */
export function excerptOf(text: string): string {
  if (text.length <= MAX_EXCERPT) return text;
  return `${text.slice(0, HEAD_CHARACTERS)}\n${text.slice(-TAIL_CHARACTERS)}`;
}
