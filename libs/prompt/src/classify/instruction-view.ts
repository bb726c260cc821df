import type { PromptText } from '../prompt-text';

/** Characters of the system prompt that are looked at. */
const SYSTEM_CHARACTERS = 500;
/** Of the user's message: instructions stand before a document or after it, seldom in its middle. */
const HEAD_CHARACTERS = 400;
const TAIL_CHARACTERS = 250;
const MESSAGE_CHARACTERS = HEAD_CHARACTERS + TAIL_CHARACTERS;
/** A first or last line is probably the instruction; as much of it counts more, in characters. */
const LINE_CHARACTERS = 160;

/**
 * The part of a prompt that says what to do: start of the system prompt, start and end of the last message, its first and last
 * line twice more. At most about 1,800 characters, whatever the prompt's length.
 */
export function instructionView({ system, user, last }: PromptText): string {
  const message = excerptOf(last || user).trim();
  const first = message.indexOf('\n');
  const head = first < 0 ? '' : message.slice(0, Math.min(first, LINE_CHARACTERS));
  const tail = first < 0 ? '' : message.slice(message.lastIndexOf('\n') + 1).slice(-LINE_CHARACTERS);
  const parts = [system.slice(0, SYSTEM_CHARACTERS), head, tail, head, tail, message];
  return parts.filter((part) => part !== '').join('\n');
}

function excerptOf(text: string): string {
  if (text.length <= MESSAGE_CHARACTERS) return text;
  return `${text.slice(0, HEAD_CHARACTERS)}\n${text.slice(-TAIL_CHARACTERS)}`;
}
