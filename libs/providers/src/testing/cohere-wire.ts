import type { VendorWire } from './vendor-wire';

const event = (type: string, fields: object): string =>
  `event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`;
const usage = {
  billed_units: { input_tokens: 7, output_tokens: 3 },
  tokens: { input_tokens: 11, output_tokens: 3 },
  cached_tokens: 4,
};
const REASONS = { stop: 'COMPLETE', length: 'MAX_TOKENS', tools: 'TOOL_CALL' };

export const cohereWire: VendorWire = {
  kind: 'cohere',
  config: {},
  contentType: 'text/event-stream',
  start:
    event('message-start', { id: 'c-1', delta: { message: { role: 'assistant' } } }) +
    event('content-start', { index: 0, delta: { message: { content: { type: 'text', text: '' } } } }),
  text: (text) => event('content-delta', { index: 0, delta: { message: { content: { text } } } }),
  thought: (thinking) =>
    event('content-start', { index: 7, delta: { message: { content: { type: 'thinking', thinking: '' } } } }) +
    event('content-delta', { index: 7, delta: { message: { content: { thinking } } } }) +
    event('content-end', { index: 7 }),
  calls: (calls) =>
    calls.flatMap(({ id, name, input }, index) => {
      const json = JSON.stringify(input);
      const start = { id, type: 'function', function: { name, arguments: json.slice(0, 3) } };
      return [
        event('tool-call-start', { index, delta: { message: { tool_calls: start } } }),
        event('tool-call-delta', {
          index,
          delta: { message: { tool_calls: { function: { arguments: json.slice(3) } } } },
        }),
        event('tool-call-end', { index }),
      ];
    }),
  garbage: 'event: content-delta\ndata: {"type":"content-delta"\n\n',
  brokenOff: [event('message-end', { delta: { finish_reason: 'ERROR', usage } })],
  brokenOffBy: 'ERROR',
  end: (reason) => [
    event('content-end', { index: 0 }),
    event('message-end', { delta: { finish_reason: REASONS[reason], usage } }),
  ],
  whole: (text) => ({
    id: 'c-1',
    message: { role: 'assistant', content: [{ type: 'text', text }] },
    finish_reason: 'COMPLETE',
    usage,
  }),
  refusal: (message) => ({ id: 'r-1', message }),
};
