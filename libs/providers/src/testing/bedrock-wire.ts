import { crc32 } from 'node:zlib';
import type { VendorWire } from './vendor-wire';

/** docs.aws.amazon.com/AmazonS3/latest/API/RESTSelectObjectAppendix.html: prelude, headers, payload, each with its checksum. */
function message(headers: Readonly<Record<string, string>>, payload: object): Buffer {
  const head = Buffer.concat(Object.entries(headers).map(([name, value]) => headerBytes(name, value)));
  const body = Buffer.from(JSON.stringify(payload));
  const prelude = Buffer.alloc(12);
  prelude.writeUInt32BE(16 + head.length + body.length, 0);
  prelude.writeUInt32BE(head.length, 4);
  prelude.writeUInt32BE(crc32(prelude.subarray(0, 8)), 8);
  const checked = Buffer.concat([prelude, head, body]);
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32BE(crc32(checked));
  return Buffer.concat([checked, checksum]);
}

function headerBytes(name: string, value: string): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(Buffer.byteLength(value));
  return Buffer.concat([
    Buffer.from([Buffer.byteLength(name)]),
    Buffer.from(name),
    Buffer.from([7]),
    length,
    Buffer.from(value),
  ]);
}

const event = (type: string, payload: object): Buffer =>
  message({ ':event-type': type, ':content-type': 'application/json', ':message-type': 'event' }, payload);
const delta = (contentBlockIndex: number, fields: object): Buffer =>
  event('contentBlockDelta', { contentBlockIndex, delta: fields });
const usage = { inputTokens: 5, outputTokens: 3, totalTokens: 14, cacheReadInputTokens: 4, cacheWriteInputTokens: 2 };
const REASONS = { stop: 'end_turn', length: 'max_tokens', tools: 'tool_use' };

export const bedrockWire: VendorWire = {
  kind: 'bedrock',
  config: { region: 'eu-central-1' },
  contentType: 'application/vnd.amazon.eventstream',
  start: event('messageStart', { role: 'assistant' }),
  text: (text) => delta(0, { text }),
  thought: (text) =>
    Buffer.concat([
      delta(7, { reasoningContent: { text } }),
      delta(7, { reasoningContent: { signature: 'signed' } }),
      event('contentBlockStop', { contentBlockIndex: 7 }),
    ]),
  calls: (calls) =>
    calls.flatMap(({ id, name, input }, i) => {
      const json = JSON.stringify(input);
      return [
        event('contentBlockStart', { contentBlockIndex: i + 1, start: { toolUse: { toolUseId: id, name } } }),
        ...[json.slice(0, 3), json.slice(3)].map((piece) => delta(i + 1, { toolUse: { input: piece } })),
        event('contentBlockStop', { contentBlockIndex: i + 1 }),
      ];
    }),
  garbage: event('contentBlockDelta', { contentBlockIndex: 'zero' }),
  brokenOff: [
    message(
      { ':exception-type': 'throttlingException', ':content-type': 'application/json', ':message-type': 'exception' },
      { message: 'Too many tokens' },
    ),
    'STALL',
  ],
  brokenOffBy: 'Too many tokens',
  end: (reason) => [
    event('contentBlockStop', { contentBlockIndex: 0 }),
    event('messageStop', { stopReason: REASONS[reason] }),
    event('metadata', { usage, metrics: { latencyMs: 1 } }),
  ],
  whole: (text) => ({
    output: { message: { role: 'assistant', content: [{ text }] } },
    stopReason: 'end_turn',
    usage,
    metrics: { latencyMs: 1 },
  }),
  refusal: (text) => ({ message: text }),
};
