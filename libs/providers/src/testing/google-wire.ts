import type { VendorWire } from './vendor-wire';

const data = (chunk: object): string => `data: ${JSON.stringify(chunk)}\r\n\r\n`;
const content = (parts: readonly object[]) => ({ content: { role: 'model', parts }, index: 0 });
const USAGE = { promptTokenCount: 11, cachedContentTokenCount: 4, candidatesTokenCount: 3, totalTokenCount: 14 };
const REASONS = { stop: 'STOP', length: 'MAX_TOKENS', tools: 'STOP' };

export const googleWire: VendorWire = {
  kind: 'google',
  config: {},
  contentType: 'text/event-stream',
  start: data({
    candidates: [content([{ text: '' }])],
    usageMetadata: { promptTokenCount: 11 },
    modelVersion: 'gemini-x',
  }),
  text: (text) => data({ candidates: [content([{ text }])] }),
  thought: (text) => data({ candidates: [content([{ text, thought: true }])] }),
  calls: (calls) => [
    data({
      candidates: [
        content(calls.map(({ name, input }) => ({ functionCall: { name, args: input }, thoughtSignature: 'signed' }))),
      ],
    }),
  ],
  garbage: 'data: {"candidates": [\r\n\r\n',
  brokenOff: [data({ error: { code: 503, message: 'The model is overloaded', status: 'UNAVAILABLE' } }), 'STALL'],
  brokenOffBy: 'The model is overloaded',
  end: (reason) => [data({ candidates: [{ ...content([]), finishReason: REASONS[reason] }], usageMetadata: USAGE })],
  whole: (text) => ({ candidates: [{ ...content([{ text }]), finishReason: 'STOP' }], usageMetadata: USAGE }),
  refusal: (message) => ({ error: { code: 400, message, status: 'INVALID_ARGUMENT' } }),
};
