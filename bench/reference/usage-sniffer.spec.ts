import { UsageSniffer } from './usage-sniffer';

const REPLY =
  'data: {"usage":null}\n\ndata: {"choices":[],"usage":{"total_tokens":218,"details":{"cached":3}}}\n\ndata: [DONE]\n\n';

describe('UsageSniffer', () => {
  it.each([1, 2, 5, 9, 17, 40, 1_000])('finds the usage in pieces of %d bytes', (size) => {
    const sniffer = new UsageSniffer();
    for (let at = 0; at < REPLY.length; at += size) sniffer.push(Buffer.from(REPLY.slice(at, at + size)));
    expect(sniffer.totalTokens).toBe(218);
  });
  it('passes by what only looks like usage', () => {
    const sniffer = new UsageSniffer();
    sniffer.push(Buffer.from('{"usage":{oops}}'));
    expect(sniffer.totalTokens).toBe(0);
  });
});
