import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Logger } from '@nestjs/common';
import { type TraceHistogram, traceHistogramQuerySchema, traceHistogramSchema } from '@relay/contracts';
import { RelayError, systemClock } from '@relay/core';
import { ensureDailyPartitions } from '@relay/database';
import type { TestDatabase } from '@relay/testing';
import { traceKit } from '../test/recorder-kit';
import { traceDatabases } from '../test/trace-databases';
import { aTrace } from '../test/trace-record.builder';
import { TraceReader } from './persistence/trace-reader';
import { TraceCounts } from './trace-counts.store';
import { figuresOf } from './trace-figures';

const START = Date.UTC(2026, 2, 3, 12);
const DAY = { from: '2026-03-03T00:00:00Z', to: '2026-03-04T00:00:00Z', buckets: 1 };
const call = (outcome: string) => ({
  ...{ provider: 'mock', model: 'mock-small', outcome, upstreamStatus: null, startMs: 1, durationMs: 1 },
});

describe.each(traceDatabases('figures of traces', 'relay_trace_figures'))('figures of traces on %s', (_, open) => {
  let database: TestDatabase;
  let directory: string;
  let kit: ReturnType<typeof traceKit>;

  beforeAll(async () => {
    Logger.overrideLogger(false);
    database = await open();
    await ensureDailyPartitions(database.dataSource, START, 2);
  }, 60_000);
  afterAll(() => database.close());

  beforeEach(async () => {
    await database.dataSource.query('TRUNCATE request_traces, request_payloads, execution_plans, feedback');
    directory = mkdtempSync(join(tmpdir(), 'relay-spool-'));
    kit = traceKit(database.dataSource, directory, systemClock);
    kit.recorder.onModuleInit();
  });
  afterEach(async () => {
    await kit.recorder.onApplicationShutdown();
    rmSync(directory, { recursive: true, force: true });
  });

  const record = (changes: Parameters<typeof aTrace>[1]): void =>
    kit.recorder.record(aTrace(START, changes), null, { request: '{}', response: '{}' });
  const ask = async (query: object = {}, scope: string | null = null): Promise<TraceHistogram> => {
    await kit.recorder.flush();
    const asked = traceHistogramQuerySchema.parse({ ...DAY, ...query });
    return traceHistogramSchema.parse(await new TraceCounts(database.dataSource, systemClock).histogram(asked, scope));
  };

  it('are of the whole window: one slow request in twenty is the P99, and no refusal makes the rest look fast', async () => {
    for (let n = 1; n <= 19; n++) record({ totalMs: n * 10, ttftMs: n, stream: true });
    record({ totalMs: 5_000, ttftMs: 4_000, stream: false, cache: 'exact-l2', savedUsd: '0.25', costUsd: '0' });
    for (let n = 0; n < 50; n++) record({ status: 'rejected', totalMs: 0.1, ttftMs: null, costUsd: null });
    record({ model: null, totalMs: 0.1, ttftMs: null, costUsd: null }); // a list of models: no answer of one
    const { total } = await ask();
    expect(total).toMatchObject({ requests: 71, ok: 21, rejected: 50, answered: 20, hits: 1 });
    expect(total).toMatchObject({ costUsd: '0.00855', savedUsd: '0.25', inputTokens: 71 * 100 - 100 });
    expect(total?.latency).toEqual({ p50Ms: 100, p95Ms: 190, p99Ms: 5_000 });
    expect(total?.ttft).toEqual({ p50Ms: 10, p95Ms: 19, p99Ms: 19 });
    expect(total?.wait).toEqual({ p50Ms: null, p95Ms: null, p99Ms: null });
  });

  it('are told by group as well, under the same filters, and of the own tenant only', async () => {
    for (const totalMs of [10, 20]) record({ provider: 'a', totalMs });
    record({ provider: 'a', cache: 'exact-l1', totalMs: 0.5 });
    record({ provider: 'b', queue: 'long', queueMs: 300, totalMs: 400 });
    record({ provider: 'c', tenant: 'globex' });
    const { groups, total } = await ask({ groupBy: 'provider', cache: 'miss,bypass' }, 'acme');
    expect(groups.map(({ key, requests, latency }) => [key, requests, latency.p50Ms])).toEqual([
      ['a', 2, 10],
      ['b', 1, 400],
    ]);
    expect(total?.requests).toBe(3);
    const lines = (await ask({ groupBy: 'queue', queue: 'short,long' })).groups;
    expect(lines.map(({ key, wait }) => [key, wait.p95Ms])).toEqual([['long', 300]]);
  });

  it('look into the newest for what the relay took itself, and for what another call made good', async () => {
    const outside = [
      ['queue', 0, 60],
      ['upstream', 61, 30],
    ] as const;
    record({ totalMs: 100, stages: outside, attempts: [call('upstream_error'), call('ok')] });
    record({ totalMs: 5_000, cache: 'coalesced', stages: [], attempts: [] }); // waited for another all the time
    record({ status: 'error', stages: outside, attempts: [call('upstream_error')] });
    record({ totalMs: 94, stages: outside, attempts: [call('breaker_open'), call('ok')] });
    const { newest } = await ask({ newest: 'true' });
    expect(newest).toMatchObject({ looked: 4, failed: 1, recovered: 1 });
    expect(newest?.overhead).toMatchObject({ p50Ms: 4, p95Ms: 10 });
    expect((await ask()).newest).toBeNull();
  });

  it('are left out where telling them takes too long, and nothing else is hidden', async () => {
    const failing = (code: 'unavailable' | 'invalid_request') =>
      ({ read: () => Promise.reject(new RelayError(code, 'No.')) }) as unknown as TraceReader;
    expect(await figuresOf(failing('unavailable'), {}, null, undefined)).toEqual({ total: null, groups: [] });
    await expect(figuresOf(failing('invalid_request'), {}, null, undefined)).rejects.toThrow('No.');
  });
});
