import fc from 'fast-check';
import { MAX_EVENT_BYTES, SseReader } from './sse-reader';

const EVENTS = ['{"a":"ü"}', '{"b":2}', 'x'.repeat(70_000), '[DONE]'];
const LINE_ENDS = ['\n', '\r\n', '\r'];
/** Of a line, and of the empty one after it; CR and LF together end one line. */
const ENDS = LINE_ENDS.flatMap((end) => LINE_ENDS.map((blank) => end + blank)).filter((ends) => ends !== '\r\n');

describe('a reader of event streams', () => {
  it('gives the data of each event, however the bytes are cut and each line ends', () => {
    const four = <T>(of: fc.Arbitrary<T>): fc.Arbitrary<T[]> => fc.array(of, { minLength: 4, maxLength: 4 });
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.nat(8), fc.nat(300)), { maxLength: 12 }),
        four(fc.constantFrom(...ENDS)),
        four(fc.constantFrom(...LINE_ENDS)),
        (cuts, ends, lineEnds) => {
          const frames = EVENTS.map((data, i) => `event: e${lineEnds[i] ?? ''}data: ${data}${ends[i] ?? ''}`);
          const bytes = Buffer.from(frames.join(''));
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
      { numRuns: 300 },
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
