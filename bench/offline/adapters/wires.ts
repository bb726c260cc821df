import { crc32 } from 'node:zlib';

/** A stream of one vendor: what is written chunk by chunk, and under which type. */
export interface Wire {
  readonly contentType: string;
  readonly chunks: readonly (string | Buffer)[];
}

/** Pieces of text of a stream. */
export const CHUNKS = 100;
const PIECES = Array.from({ length: CHUNKS }, (_, i) => ` word${i}`);

const sse = (chunk: object): string => `data: ${JSON.stringify(chunk)}\n\n`;
const named = (type: string, fields: object): string => `event: ${type}\n${sse({ type, ...fields })}`;

function openai(): Wire {
  const chunk = (delta: object, finish: string | null): string =>
    sse({
      ...{ id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1, model: 'm' },
      choices: [{ index: 0, delta, finish_reason: finish }],
    });
  const usage = sse({ id: 'chatcmpl-1', choices: [], usage: { prompt_tokens: 9, completion_tokens: CHUNKS } });
  const end = `${chunk({}, 'stop')}${usage}data: [DONE]\n\n`;
  return { contentType: 'text/event-stream', chunks: [...PIECES.map((content) => chunk({ content }, null)), end] };
}

function anthropic(): Wire {
  const message = { id: 'msg_1', type: 'message', role: 'assistant', model: 'm', content: [], stop_reason: null };
  const start =
    named('message_start', { message: { ...message, usage: { input_tokens: 9, output_tokens: 1 } } }) +
    named('content_block_start', { index: 0, content_block: { type: 'text', text: '' } });
  const end =
    named('content_block_stop', { index: 0 }) +
    named('message_delta', { delta: { stop_reason: 'end_turn' }, usage: { output_tokens: CHUNKS } }) +
    named('message_stop', {});
  const pieces = PIECES.map((text) => named('content_block_delta', { index: 0, delta: { type: 'text_delta', text } }));
  return { contentType: 'text/event-stream', chunks: [start, ...pieces, end] };
}

function google(): Wire {
  const chunk = (parts: object[], more: object = {}): string =>
    sse({
      candidates: [{ content: { role: 'model', parts }, index: 0, ...more }],
      usageMetadata: { promptTokenCount: 9 },
    });
  const chunks = [...PIECES.map((text) => chunk([{ text }])), chunk([], { finishReason: 'STOP' })];
  return { contentType: 'text/event-stream', chunks };
}

function cohere(): Wire {
  const start =
    named('message-start', { id: 'c-1', delta: { message: { role: 'assistant' } } }) +
    named('content-start', { index: 0, delta: { message: { content: { type: 'text', text: '' } } } });
  const usage = { tokens: { input_tokens: 9, output_tokens: CHUNKS } };
  const end =
    named('content-end', { index: 0 }) + named('message-end', { delta: { finish_reason: 'COMPLETE', usage } });
  const pieces = PIECES.map((text) => named('content-delta', { index: 0, delta: { message: { content: { text } } } }));
  return { contentType: 'text/event-stream', chunks: [start, ...pieces, end] };
}

function bedrock(): Wire {
  const pieces = PIECES.map((text) => amazonEvent('contentBlockDelta', { contentBlockIndex: 0, delta: { text } }));
  const end = [
    amazonEvent('contentBlockStop', { contentBlockIndex: 0 }),
    amazonEvent('messageStop', { stopReason: 'end_turn' }),
    amazonEvent('metadata', { usage: { inputTokens: 9, outputTokens: CHUNKS, totalTokens: 9 + CHUNKS } }),
  ];
  const chunks = [amazonEvent('messageStart', { role: 'assistant' }), ...pieces, Buffer.concat(end)];
  return { contentType: 'application/vnd.amazon.eventstream', chunks };
}

/** Amazon's binary event stream: prelude, headers, payload, each with its checksum. */
function amazonEvent(type: string, payload: object): Buffer {
  const headers = { ':event-type': type, ':content-type': 'application/json', ':message-type': 'event' };
  const head = Buffer.concat(
    Object.entries(headers).map(([name, value]) =>
      Buffer.concat([
        Buffer.from([name.length]),
        Buffer.from(name),
        Buffer.from([7, 0, value.length]),
        Buffer.from(value),
      ]),
    ),
  );
  const body = Buffer.from(JSON.stringify(payload));
  const prelude = Buffer.alloc(12);
  prelude.writeUInt32BE(16 + head.length + body.length, 0);
  prelude.writeUInt32BE(head.length, 4);
  prelude.writeUInt32BE(crc32(prelude.subarray(0, 8)), 8);
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32BE(crc32(Buffer.concat([prelude, head, body])));
  return Buffer.concat([prelude, head, body, checksum]);
}

/** By the name that stands first in the path of a base URL. */
export const WIRES = {
  openai: openai(),
  anthropic: anthropic(),
  google: google(),
  bedrock: bedrock(),
  cohere: cohere(),
} as const satisfies Record<string, Wire>;

export type WireName = keyof typeof WIRES;
