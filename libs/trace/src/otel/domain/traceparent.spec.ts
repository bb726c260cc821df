import { formatTraceparent, parseTraceparent, parseTracestate } from './traceparent';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const SPAN = '00f067aa0ba902b7';

describe('traceparent', () => {
  it('names the trace, the span of the client, and whether it is sampled', () => {
    expect(parseTraceparent(`00-${TRACE}-${SPAN}-01`)).toEqual({ traceId: TRACE, spanId: SPAN, sampled: true });
    expect(parseTraceparent(`00-${TRACE}-${SPAN}-00`)?.sampled).toBe(false);
    expect(parseTraceparent(`00-${TRACE}-${SPAN}-03`)?.sampled).toBe(true); // other flags beside
  });

  it('of a later version may have more behind it', () => {
    expect(parseTraceparent(`01-${TRACE}-${SPAN}-01-what-comes`)).not.toBeNull();
    expect(parseTraceparent(`00-${TRACE}-${SPAN}-01-what-comes`)).toBeNull();
  });

  it.each([
    ['nothing', undefined],
    ['two headers', [`00-${TRACE}-${SPAN}-01`, `00-${TRACE}-${SPAN}-01`]],
    ['an empty one', ''],
    ['capitals', `00-${TRACE.toUpperCase()}-${SPAN}-01`],
    ['no trace', `00-${'0'.repeat(32)}-${SPAN}-01`],
    ['no span', `00-${TRACE}-${'0'.repeat(16)}-01`],
    ['the version that is none', `ff-${TRACE}-${SPAN}-01`],
    ['a short id', `00-${TRACE.slice(1)}-${SPAN}-01`],
    ['line breaks', `00-${TRACE}-${SPAN}-01\r\nx: y`],
  ])('is ignored where it is malformed: %s', (_, header) => {
    expect(parseTraceparent(header)).toBeNull();
  });

  it('is written as it is read', () => {
    const parent = { traceId: TRACE, spanId: SPAN, sampled: false };
    expect(parseTraceparent(formatTraceparent(parent))).toEqual(parent);
  });
});

describe('tracestate', () => {
  it('is passed on as it came, several headers as one list', () => {
    expect(parseTracestate('a=1, b=2')).toBe('a=1, b=2');
    expect(parseTracestate(['a=1', 'b=2'])).toBe('a=1,b=2');
  });

  it('is left out where it is empty, too long, or no header text', () => {
    expect([undefined, ' ', 'x'.repeat(513), 'a=1\nb=2'].map(parseTracestate)).toEqual([null, null, null, null]);
  });
});
