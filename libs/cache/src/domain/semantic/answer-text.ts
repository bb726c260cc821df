import { isJsonObject, jsonObjects } from '@relay/protocols';

/** What a stored chat completion says, if it is one choice of text: nothing else can be compared with another answer. */
export function answerText(body: Buffer): string | null {
  const parsed = parse(body);
  const choices = isJsonObject(parsed) ? jsonObjects(parsed['choices']) : [];
  const message = choices.length === 1 ? choices[0]?.['message'] : undefined;
  if (!isJsonObject(message) || 'tool_calls' in message || 'function_call' in message) return null;
  const { content } = message;
  return typeof content === 'string' && content.trim() !== '' ? content : null;
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8')) as unknown;
  } catch {
    return undefined;
  }
}
