import { aPlan, aTrace } from '../../test/trace-record.builder';
import { traceLine } from './trace-line';

const parse = (line: string) => JSON.parse(line) as Record<string, unknown>;

describe('a trace line', () => {
  it('is one line that begins with the id, whatever the texts hold', () => {
    const trace = aTrace(Date.UTC(2026, 0, 1), { error: 'two\nlines "quoted"' });
    const line = traceLine(trace, aPlan('p'), { request: 'a\r\nb', response: '\u2028' });
    expect(line.indexOf('\n')).toBe(line.length - 1);
    expect(line.startsWith(`{"id":"${trace.id}"`)).toBe(true);
    expect(parse(line)).toMatchObject({ error: 'two\nlines "quoted"', payload_request: 'a\r\nb' });
  });

  it('is stored under the time that its id tells, so that the id alone finds it', () => {
    const trace = aTrace(1_700_000_000_000);
    expect(parse(traceLine({ ...trace, at: trace.at + 5 }, null, null))).toMatchObject({ at: trace.at });
  });

  it('holds a bigint as a number and cuts off a cycle', () => {
    const cycle: Record<string, unknown> = { count: 5n };
    cycle.self = cycle;
    expect(parse(traceLine(aTrace(0, { features: cycle }), null, null)).features).toMatchObject({ count: 5 });
  });

  it('leaves escaped text of an app as it is', () => {
    const request = '{"content":"\\ud83d\\ude00 \\\\u0000"}';
    expect(parse(traceLine(aTrace(0), null, { request, response: '' })).payload_request).toBe(request);
  });
});
