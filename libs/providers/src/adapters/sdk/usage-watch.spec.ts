import { anthropicVendor } from '../anthropic/anthropic.vendor';
import { googleVendor } from '../google/google.vendor';
import { UsageWatch } from './usage-watch';
import type { Vendor } from './vendor';

const START =
  'data: {"type":"message_start","message":{"usage":{"input_tokens":5,"cache_read_input_tokens":4,"output_tokens":1}}}\n\n';
const DELTA = 'data: {"type":"message_delta","delta":{},"usage":{"output_tokens":30}}\n\n';
const TEXT = `data: {"delta":{"text":"${'x'.repeat(3_000)}"}}\n\n`;

/** What is known of a stream that broke after these chunks. */
function told({ earlyUsage }: Vendor, chunks: readonly string[]) {
  const watch = new UsageWatch(earlyUsage);
  for (const chunk of chunks) watch.see(Buffer.from(chunk));
  return watch.read();
}

describe('the usage of a stream that breaks', () => {
  const whole = { inputTokens: 9, cachedInputTokens: 4, outputTokens: 30, reasoningTokens: 0 };

  it('is the input of its beginning and the output of its end', () => {
    expect(told(anthropicVendor, [START, TEXT, DELTA])).toEqual(whole);
    expect(told(anthropicVendor, [START + TEXT + DELTA])).toEqual(whole);
    expect(told(anthropicVendor, [START, TEXT])).toEqual({ ...whole, outputTokens: 1 });
  });

  it('is found wherever chunks end', () => {
    const stream = START + DELTA;
    for (let at = 1; at < stream.length; at++)
      expect(told(anthropicVendor, [stream.slice(0, at), stream.slice(at)])).toEqual(whole);
    expect(told(anthropicVendor, [...stream])).toEqual(whole);
  });

  it('is what was told before, if the stream breaks within the last', () => {
    const further = DELTA.replace('30', '40');
    expect(told(anthropicVendor, [START, DELTA, further.slice(0, -8)])).toEqual(whole);
    expect(told(anthropicVendor, [START, DELTA, further])).toEqual({ ...whole, outputTokens: 40 });
  });

  it('leaves out numbers that no answer can have', () => {
    const nonsense = DELTA.replace('30', '1e18');
    expect(told(anthropicVendor, [START, nonsense])).toEqual({ ...whole, outputTokens: 1 });
    expect(told(googleVendor, ['{"usageMetadata":{"promptTokenCount":-1}}'])).toBeNull();
  });

  it('keeps what a vendor told once', () => {
    const chunks = [
      '{"usageMetadata":{"promptTokenCount":11,"cachedContentTokenCount":4}}',
      '{"usageMetadata":{"promptTokenCount":11,"candidatesTokenCount":3,"thoughtsTokenCount":2}}',
    ];
    expect(told(googleVendor, chunks)).toEqual({ ...whole, inputTokens: 11, outputTokens: 5, reasoningTokens: 2 });
  });

  it('is unknown where nothing was told', () => {
    expect(told(anthropicVendor, [TEXT])).toBeNull();
  });
});
