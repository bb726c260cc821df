/** Characters that are shown of what was asked. */
const MAX_CHARS = 200;

/** How the last message of a user begins, as the body of a request has it; null where there is none, or nothing that can be read. */
export function askedExcerpt(request: string): string | null {
  const text = lastAsked(parsed(request));
  if (text === null) return null;
  const line = text.replaceAll(/\s+/g, ' ').trim();
  const chars = [...line.slice(0, 2 * MAX_CHARS + 2)]; // no surrogate pair is cut
  return chars.length > MAX_CHARS ? `${chars.slice(0, MAX_CHARS).join('')}…` : chars.join('');
}

function parsed(request: string): unknown {
  try {
    return JSON.parse(request);
  } catch {
    return null;
  }
}

function lastAsked(body: unknown): string | null {
  const { messages, input, prompt } = fieldsOf(body);
  const turns = [messages, input].find((each) => Array.isArray(each)) as unknown[] | undefined;
  const last = turns?.findLast((turn) => fieldsOf(turn).role === 'user');
  return textOf(last === undefined ? (input ?? prompt) : fieldsOf(last).content);
}

/** Texts, or parts of which some are texts. */
function textOf(content: unknown): string | null {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return null;
  const texts = content.map((part) => fieldsOf(part).text).filter((text) => typeof text === 'string');
  return texts.length > 0 ? texts.join(' ') : null;
}

const fieldsOf = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
