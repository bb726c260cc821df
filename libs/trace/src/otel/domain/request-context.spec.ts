import { newTraceId } from '@relay/core';
import { attemptSpanId, contextOf } from './request-context';

const RELAY_ID = '0199aaaa-0000-7000-8000-00000000002a';
const PARENT = { traceId: '4bf92f3577b34da6a3ce929d0e0e4736', spanId: '00f067aa0ba902b7' };
const traceparent = (flags: string): string => `00-${PARENT.traceId}-${PARENT.spanId}-${flags}`;

describe('the place of a request among spans', () => {
  it('is the root of a trace with the id of the relay, where the client says nothing', () => {
    expect(contextOf({ traceId: RELAY_ID, tracestate: 'a=1' }, 1)).toMatchObject({
      ...{ traceId: RELAY_ID.replaceAll('-', ''), parentSpanId: null, sampled: true, tracestate: null },
    });
  });

  it('is below the span of the client, where it names one', () => {
    const context = contextOf({ traceId: RELAY_ID, traceparent: traceparent('01'), tracestate: 'a=1' }, 0);
    expect(context).toMatchObject({ traceId: PARENT.traceId, parentSpanId: PARENT.spanId, tracestate: 'a=1' });
    expect(context.spanId).toMatch(/^[0-9a-f]{16}$/);
    expect(context.spanId).not.toBe(PARENT.spanId);
  });

  it('is sampled as the client says, whatever the share', () => {
    expect(contextOf({ traceId: RELAY_ID, traceparent: traceparent('01') }, 0).sampled).toBe(true);
    expect(contextOf({ traceId: RELAY_ID, traceparent: traceparent('00') }, 1).sampled).toBe(false);
  });

  it('is sampled by the share, and alike every time it is asked', () => {
    const ids = Array.from({ length: 2_000 }, () => newTraceId(1_700_000_000_000));
    const drawn = ids.filter((traceId) => contextOf({ traceId }, 0.25).sampled);
    expect(drawn.length).toBeGreaterThan(350); // 500 ± 19.4: 7.7 standard deviations
    expect(drawn.length).toBeLessThan(650);
    expect(drawn.every((traceId) => contextOf({ traceId }, 0.25).sampled)).toBe(true);
    expect(ids.some((traceId) => contextOf({ traceId }, 0).sampled)).toBe(false);
  });

  it('gives each call an id of its own, the same whenever it is asked for', () => {
    const first = attemptSpanId(RELAY_ID, 'mock', 'up', 1.5);
    expect(attemptSpanId(RELAY_ID, 'mock', 'up', 1.5)).toBe(first);
    expect(
      new Set([first, attemptSpanId(RELAY_ID, 'mock', 'up', 9), attemptSpanId(RELAY_ID, 'spare', 'up', 1.5)]).size,
    ).toBe(3);
  });
});
