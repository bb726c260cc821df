const CREATED = 1_700_000_000; // fixed: every reply of the mock is the same bytes
const ID = 'chatcmpl-mock-0000000000000000';
const USAGE = { prompt_tokens: 118, completion_tokens: 100, total_tokens: 218 };
const PROMPT_LINE = 'Both chairs travel together and are due this week. ';

/** Tells how many completions were asked for since the start. */
export const REQUESTS_PATH = '/requests';

const frame = (value: unknown): string => `data: ${JSON.stringify(value)}\n\n`;

/** A chat completion of exactly `bytes` bytes (or the smallest possible, if that is more). */
export function jsonReply(bytes: number): Buffer {
  const build = (content: string): string =>
    JSON.stringify({
      id: ID,
      object: 'chat.completion',
      created: CREATED,
      model: 'mock-small',
      choices: [{ index: 0, message: { role: 'assistant', content }, logprobs: null, finish_reason: 'stop' }],
      usage: USAGE,
      system_fingerprint: 'fp_mock',
    });
  const room = Math.max(0, bytes - build('').length);
  return Buffer.from(build(PROMPT_LINE.repeat(Math.ceil(room / PROMPT_LINE.length)).slice(0, room)));
}

/** The frames of a stream: `chunks` with content, then the end (finish reason, usage if asked for, [DONE]) as one more. */
export function streamFrames(chunks: number, withUsage: boolean): Buffer[] {
  const chunk = (delta: object, finish: string | null): string =>
    frame({
      id: ID,
      object: 'chat.completion.chunk',
      created: CREATED,
      model: 'mock-small',
      system_fingerprint: 'fp_mock',
      choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }],
      ...(withUsage ? { usage: null } : {}),
    });
  const words = PROMPT_LINE.split(' ');
  const frames = Array.from({ length: chunks }, (_, i) =>
    chunk({ content: `${words[i % words.length] ?? ''} ` }, null),
  );
  const usage = withUsage
    ? frame({
        id: ID,
        object: 'chat.completion.chunk',
        created: CREATED,
        model: 'mock-small',
        choices: [],
        usage: USAGE,
      })
    : '';
  return [...frames, `${chunk({}, 'stop')}${usage}data: [DONE]\n\n`].map((text) => Buffer.from(text));
}

/** A content chunk that says when it was sent, in µs of the clock that all processes of the machine share: `@123@`. */
export function stampedFrame(): string {
  const content = `@${process.hrtime.bigint() / 1_000n}@`;
  const choices = [{ index: 0, delta: { content }, logprobs: null, finish_reason: null }];
  return frame({ id: ID, object: 'chat.completion.chunk', created: CREATED, model: 'mock-small', choices });
}

export function errorReply(status: number): Buffer {
  const type = status === 429 ? 'rate_limit_error' : 'server_error';
  return Buffer.from(
    JSON.stringify({ error: { message: `scripted ${status}`, type, param: null, code: `scripted_${status}` } }),
  );
}

export const HTML_REPLY = Buffer.from('<html><body><h1>502 Bad Gateway</h1></body></html>');
export const MODELS_REPLY = Buffer.from(
  JSON.stringify({ object: 'list', data: [{ id: 'mock-small', object: 'model', created: CREATED, owned_by: 'mock' }] }),
);
