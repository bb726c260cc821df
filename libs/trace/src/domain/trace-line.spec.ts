import { newTraceId } from '@relay/core';
import { aPlan } from '@relay/testing';
import { aTrace } from '../../test/trace-record.builder';
import { traceLine } from './trace-line';
import { SharedParts, type StageRecord } from './trace-record';

const parse = (line: string) => JSON.parse(line) as Record<string, unknown>;

describe('a trace line', () => {
  it('is one line that begins with the id, whatever the texts hold', () => {
    const trace = aTrace(Date.UTC(2026, 0, 1), { error: 'two\nlines "quoted"' });
    const line = traceLine(trace, aPlan('p'), { payload_request: 'a\r\nb', payload_response: '\u2028' });
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
    expect(parse(traceLine(aTrace(0, { features: cycle }), null, null)).detail).toMatchObject({ f: { count: 5 } });
  });

  it('cuts figures to what their columns hold, and leaves out what is no figure', () => {
    const odd = aTrace(0, {
      ...{ inputTokens: 1e18, cachedInputTokens: -3, outputTokens: 2.6, reasoningTokens: Number.NaN },
      ...{ tokenParts: { cacheWriteTokens: 4e9 }, ttftMs: 1e39, totalMs: Number.NaN },
      ...{ costUsd: '60000000000000', savedUsd: '1e18' },
    });
    const row = parse(traceLine(odd, null, null));
    expect(row).toMatchObject({
      ...{ input_tokens: 2_147_483_647, cached_input_tokens: 0, output_tokens: 3 },
      ...{ cache_write_tokens: 2_147_483_647, ttft_ms: 3.4e38, total_ms: 0 },
      cost_usd: '99999999.999999999999',
    });
    expect(row).not.toHaveProperty('reasoning_tokens');
    expect(row).not.toHaveProperty('saved_usd');
  });

  it('is the same for records that share their parts as for each by itself', () => {
    const stages: StageRecord[] = [['auth', 0, 0.012]];
    const predicted = { ttftMs: 12, costUsd: null };
    const features = { 'request.user': 'ann', 'features.task': 'code' };
    const first = aTrace(1_700_000_000_000, { tags: ['a'], savedMs: 40, savedUsd: '0.1', stages, predicted, features });
    const second = {
      ...first,
      ...{ id: newTraceId(first.at + 1), requestId: 'another', at: first.at + 1, savedMs: null, ttftMs: 3, totalMs: 9 },
      stages: [...stages, ['cache', 1, 2, { tier: 'l1' }]] satisfies StageRecord[],
    };
    const shared = new SharedParts();
    for (const record of [first, second]) {
      expect(parse(traceLine({ ...record, shared }, null, null))).toEqual(parse(traceLine(record, null, null)));
    }
    expect(shared.columns).toContain('"saved_usd":"0.1"');
    expect(shared.detail).toContain('"features.task":"code"');
  });

  it('shares nothing where there is nothing to share', () => {
    const bare = aTrace(0, { features: null, predicted: null, scores: null, stages: [], attempts: [] });
    for (const shared of [new SharedParts(), null]) {
      expect(parse(traceLine({ ...bare, shared }, null, null))).not.toHaveProperty('detail');
    }
  });

  it('leaves a figure that fits as it is', () => {
    const costUsd = '99999999.000000000001';
    const line = parse(traceLine(aTrace(0, { costUsd, savedUsd: '0', inputTokens: 0 }), null, null));
    expect(line).toMatchObject({ cost_usd: costUsd, saved_usd: '0', input_tokens: 0 });
  });

  it('replaces what Postgres refuses in a text, wherever it stands', () => {
    const bad = 'a\0b\ud800c';
    const trace = aTrace(0, {
      ...{ model: bad, error: bad, tags: [bad], features: { [bad]: [bad] }, predicted: { [bad]: 1 } },
      stages: [[bad, 0, Number.NaN, { [bad]: bad }]],
    });
    const line = traceLine(trace, { ...aPlan('p'), policy: bad }, { payload_request: bad, payload_response: bad });
    expect(line).not.toMatch(/\\u0000|\\ud800/);
    const good = 'a\uFFFDb\uFFFDc';
    expect(parse(line)).toMatchObject({
      ...{ model: good, error: good, tags: [good], plan_document: { policy: good }, payload_response: good },
      detail: { f: { [good]: [good] }, p: { [good]: 1 }, s: [[good, 0, null, { [good]: good }]] },
    });
  });

  it('names no column that holds nothing', () => {
    const row = parse(traceLine(aTrace(0, { provider: null, tags: [] }), null, null));
    expect(Object.values(row)).not.toContain(null);
    expect(row).not.toHaveProperty('provider');
    expect(row).not.toHaveProperty('tags');
  });

  it('leaves escaped text of an app as it is', () => {
    const request = '{"content":"\\ud83d\\ude00 \\\\u0000"}';
    expect(parse(traceLine(aTrace(0), null, { payload_request: request, payload_response: '' })).payload_request).toBe(
      request,
    );
  });
});
