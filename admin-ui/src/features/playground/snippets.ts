import type { ChatBody } from './draft';

export const LANGUAGES = ['curl', 'python', 'typescript'] as const;
export type Language = (typeof LANGUAGES)[number];

interface Sent {
  readonly origin: string;
  readonly body: ChatBody;
  readonly headers: Readonly<Record<string, string>>;
}

/** The request as somebody would write it; never with a key in it. */
export function snippetOf(language: Language, sent: Sent): string {
  switch (language) {
    case 'curl':
      return curl(sent);
    case 'python':
      return python(sent);
    case 'typescript':
      return typescript(sent);
  }
}

function curl({ origin, body, headers }: Sent): string {
  const lines = [
    `curl -N ${quoted(`${origin}/v1/chat/completions`)}`,
    `  -H "authorization: Bearer $RELAY_API_KEY"`,
    `  -H 'content-type: application/json'`,
    ...Object.entries(headers).map(([name, value]) => `  -H ${quoted(`${name}: ${value}`)}`),
    `  -d ${quoted(json(body))}`,
  ];
  return lines.join(' \\\n');
}

function python({ origin, body, headers }: Sent): string {
  const { stream, stream_options: options, ...rest } = body;
  const fields = { ...rest, ...(stream ? { stream, stream_options: options } : {}) };
  const given = Object.entries(fields).map(([name, value]) => `    ${name}=${pythonic(value)},`);
  const extra = Object.keys(headers).length > 0 ? [`    extra_headers=${pythonic(headers)},`] : [];
  const read = stream
    ? `for chunk in answer:\n    if chunk.choices:\n        print(chunk.choices[0].delta.content or "", end="", flush=True)`
    : `print(answer.choices[0].message.content)`;
  return `import os
from openai import OpenAI

relay = OpenAI(base_url=${json(`${origin}/v1`)}, api_key=os.environ["RELAY_API_KEY"])

answer = relay.chat.completions.create(
${[...given, ...extra].join('\n')}
)
${read}
`;
}

function typescript({ origin, body, headers }: Sent): string {
  const options = Object.keys(headers).length > 0 ? `, { headers: ${json(headers)} }` : '';
  const read = body.stream
    ? `for await (const chunk of answer) process.stdout.write(chunk.choices[0]?.delta?.content ?? '');`
    : `console.log(answer.choices[0]?.message.content);`;
  return `import OpenAI from 'openai';

const relay = new OpenAI({ baseURL: ${json(`${origin}/v1`)}, apiKey: process.env.RELAY_API_KEY });

const answer = await relay.chat.completions.create(${json(body)}${options});
${read}
`;
}

/** For a POSIX shell: nothing in it is read but the quote itself. */
const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

/** Signs that nobody sees or that turn the line around; in code they are written by their numbers (Unicode TR 36). */
const UNSEEN = /[\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

const json = (value: unknown): string =>
  JSON.stringify(value, null, 2).replace(UNSEEN, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`);

/** JSON as Python writes it: its strings are the same but for the names of three values. */
function pythonic(value: unknown): string {
  if (value === true) return 'True';
  if (value === false) return 'False';
  if (value == null) return 'None';
  if (Array.isArray(value)) return `[${value.map(pythonic).join(', ')}]`;
  if (typeof value !== 'object') return json(value);
  return `{${Object.entries(value)
    .map(([name, one]) => `${json(name)}: ${pythonic(one)}`)
    .join(', ')}}`;
}
