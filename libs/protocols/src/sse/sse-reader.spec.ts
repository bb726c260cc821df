import fc from 'fast-check';
import { MAX_EVENT_BYTES, SseReader } from './sse-reader';

const EVENTS = ['{"a":"ü"}', '{"b":2}', 'x'.repeat(70_000), '[DONE]'];
const ENDS = ['\n\n', '\r\n\r\n', '\r\r', '\n\r\n'];

describe('a reader of event streams', () => {
  it('gives the data of each event, however the bytes are cut and lines end', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(300), { maxLength: 6 }),
        fc.array(fc.constantFrom(...ENDS), { minLength: 4, maxLength: 4 }),
        (cuts, ends) => {
          const bytes = Buffer.from(EVENTS.map((data, i) => `event: e\ndata: ${data}${ends[i] ?? ''}`).join(''));
          const reader = new SseReader();
          const data: string[] = [];
          let from = 0;
          for (const size of [...cuts, bytes.length]) {
            data.push(...reader.push(bytes.subarray(from, from + size)));
            from += size;
          }
          expect([...data, ...reader.end()]).toEqual(EVENTS);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('takes a last event that lacks its blank line', () => {
    const reader = new SseReader();
    expect(reader.push(Buffer.from('data: 1'))).toEqual([]);
    expect(reader.end()).toEqual(['1']);
  });

  it('gives up on an event without end', () => {
    const reader = new SseReader();
    const piece = Buffer.alloc(1_048_576, 'x');
    const endless = (): void => {
      for (let bytes = 0; bytes <= MAX_EVENT_BYTES; bytes += piece.length) reader.push(piece);
    };
    expect(endless).toThrow(`more than ${MAX_EVENT_BYTES} bytes`);
  });
});
