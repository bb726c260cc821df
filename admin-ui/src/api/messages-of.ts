export interface Message {
  readonly role: string;
  readonly text: string;
  readonly extra: unknown; // what is not text: calls of tools, images
}

type Fields = Readonly<Record<string, unknown>>;

/** The conversation in a request body of whatever protocol, as far as it can be told. */
export function askedMessages(request: unknown): readonly Message[] {
  const { messages, input, prompt, system, instructions } = fields(request);
  const head = [system, instructions].filter((part) => part != null).map((part) => message('system', part));
  const list = [messages, input].find(Array.isArray) as readonly unknown[] | undefined;
  if (list)
    return [...head, ...list.map((one) => message(text(fields(one).role) || 'user', fields(one).content ?? one, one))];
  const single = prompt ?? input;
  return single == null ? head : [...head, message('user', single)];
}

/** The answers in a response body: choices of chat, outputs of responses, content of messages. */
export function answeredMessages(response: unknown): readonly Message[] {
  const { choices, output, content, role } = fields(response);
  if (Array.isArray(choices)) {
    return choices.map((choice) => {
      const one = fields(fields(choice).message);
      return message(text(one.role) || 'assistant', one.content ?? fields(choice).text ?? '', one);
    });
  }
  if (Array.isArray(output))
    return output.map((one) => message(text(fields(one).role) || text(fields(one).type), fields(one).content ?? one));
  return content == null ? [] : [message(text(role) || 'assistant', content)];
}

function message(role: string, content: unknown, whole?: unknown): Message {
  const calls = fields(whole).tool_calls ?? null;
  if (typeof content === 'string') return { role, text: content, extra: calls };
  const parts: readonly unknown[] = Array.isArray(content) ? content : [content];
  const texts = parts.map((part) => (typeof part === 'string' ? part : text(fields(part).text)));
  const others = parts.filter(
    (part) => typeof part === 'object' && part !== null && typeof fields(part).text !== 'string',
  );
  return { role, text: texts.filter(Boolean).join('\n'), extra: calls ?? (others.length > 0 ? others : null) };
}

const fields = (value: unknown): Fields => (typeof value === 'object' && value !== null ? (value as Fields) : {});
const text = (value: unknown): string => (typeof value === 'string' ? value : '');
