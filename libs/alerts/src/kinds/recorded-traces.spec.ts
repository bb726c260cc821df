import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Global, type INestApplicationContext, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ConfigStore, ENVIRONMENT, environmentSchema, relayConfigSchema } from '@relay/config';
import { type AlertKind, type AlertRuleInput, alertRuleSchema, policyDocumentSchema } from '@relay/contracts';
import { CLOCK, newTraceId, systemClock } from '@relay/core';
import { openEmbedded, openPostgres, saySkipped, type TestDatabase } from '@relay/testing';
import { TraceModule, TraceRecorder, type TraceRecord, UsageRollups } from '@relay/trace';
import { DataSource } from 'typeorm';
import { completeRule } from '../domain/rule';
import { KINDS } from '.';
import type { Reading } from './kind';

const databaseUrl = process.env.TEST_DATABASE_URL;
if (!databaseUrl) saySkipped('figures of recorded requests on PostgreSQL, because TEST_DATABASE_URL is not set');
const backends: [string, () => Promise<TestDatabase>][] = databaseUrl ? [] : [['PGlite', openEmbedded]];
if (databaseUrl) backends.unshift(['PostgreSQL', () => openPostgres(databaseUrl, 'relay_alert_kinds')]);

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const NOW = Date.UTC(2026, 2, 20, 12, 30);
const policy = policyDocumentSchema.parse({ name: 'default', version: 1 });

describe.each(backends)('of requests that were recorded, on %s,', (_name, open) => {
  const dataDir = mkdtempSync(join(tmpdir(), 'relay-alert-kinds-'));
  let database: TestDatabase;
  let relay: INestApplicationContext;
  let recorder: TraceRecorder;

  beforeAll(async () => {
    database = await open();
    @Global()
    @Module({
      providers: [
        { provide: ENVIRONMENT, useValue: environmentSchema.parse({ RELAY_DATA_DIR: dataDir }) },
        { provide: CLOCK, useValue: { ...systemClock, now: () => NOW } },
        { provide: ConfigStore, useValue: new ConfigStore({ ...relayConfigSchema.parse({}), policy }, 'relay.yaml') },
        { provide: DataSource, useValue: database.dataSource },
      ],
      exports: [ENVIRONMENT, CLOCK, ConfigStore, DataSource],
    })
    class BasicsModule {}
    @Module({ imports: [BasicsModule, TraceModule] })
    class TestModule {}
    relay = await NestFactory.createApplicationContext(TestModule, { logger: false, abortOnError: false });
    recorder = relay.get(TraceRecorder);
  }, 60_000);
  afterAll(async () => {
    await relay.close();
    await database.close();
    rmSync(dataDir, { recursive: true, force: true });
  });
  beforeEach(() => database.dataSource.query('TRUNCATE request_traces, usage_hourly, usage_touched'));

  function record(count: number, changes: Partial<TraceRecord>, at = NOW - MINUTE): void {
    for (let n = 0; n < count; n++) recorder.record(recorded(at, changes), null, null);
  }
  const read = async (kind: AlertKind, changes: Partial<AlertRuleInput> = {}): Promise<Reading[]> => {
    await recorder.flush();
    const rule = completeRule(alertRuleSchema.parse({ id: 'it', kind, ...changes }), 'config', KINDS[kind]);
    const query = <Row>(text: string, values: readonly unknown[]): Promise<Row[]> =>
      database.dataSource.query(text, [...values]);
    return KINDS[kind].read({ query }, rule, NOW, []);
  };

  it('providers are down by their calls, also of rows that an earlier version stored', async () => {
    const call = (provider: string, outcome: string, upstreamStatus: number | null) => ({
      ...{ provider, model: 'small', outcome, upstreamStatus, startMs: 0, durationMs: 1 },
    });
    record(5, { attempts: [call('ill', 'upstream_error', 503), call('well', 'ok', 200)] });
    record(5, { attempts: [call('shut', 'breaker_open', null), call('well', 'ok', 200)] });
    record(5, { attempts: [call('drained', 'out_of_service', null), call('well', 'ok', 200)] });
    record(5, {});
    await recorder.flush();
    const unpacked = [{ provider: 'old', outcome: 'upstream_timeout', upstreamStatus: null }];
    await database.dataSource.query(
      `UPDATE request_traces SET detail = NULL, attempts = $1::jsonb WHERE detail->'a' IS NULL`,
      [JSON.stringify(unpacked)],
    );
    const found = await read('provider-down');
    expect(new Map(found.map(({ subject, value }) => [subject, value]))).toEqual(
      new Map([
        ['well', 0],
        ['ill', 1],
        ['shut', 1],
        ['old', 1],
      ]),
    );
    expect(await read('provider-down', { scope: { provider: 'ill', tenant: 'acme' } })).toHaveLength(1);
    expect(await read('provider-down', { scope: { tenant: 'globex' } })).toEqual([]);
  });

  it('the hit rate is compared with that of usage, which outlives traces', async () => {
    const hit = { cache: 'exact-l1' } as const;
    record(6, hit, NOW - 5 * HOUR);
    record(2, {}, NOW - 5 * HOUR);
    record(9, { status: 'error' }, NOW - 5 * HOUR);
    record(8, { model: null, cache: 'bypass' }, NOW - 5 * HOUR); // lists of models, which nothing caches
    record(50, {}, NOW - 30 * HOUR); // too long ago
    await recorder.flush();
    await relay.get(UsageRollups).run();
    await database.dataSource.query('DELETE FROM request_traces');
    record(2, hit);
    record(6, {});
    record(30, { model: null, cache: 'bypass' });
    const rule = { minRequests: 4 };
    expect(await read('hit-rate-drop', rule)).toEqual([{ subject: '', value: 0.5 }]);
    expect(await read('hit-rate-drop', { ...rule, by: 'tenant' })).toEqual([{ subject: 'acme', value: 0.5 }]);
    expect(await read('hit-rate-drop', { ...rule, scope: { tenant: 'globex' } })).toMatchObject([{ value: null }]);
    expect(await read('hit-rate-drop', { minRequests: 9 })).toMatchObject([{ value: null }]);
  });

  it('every other kind finds its figures', async () => {
    record(60, { costUsd: '0.5', queueMs: 800, ttftMs: 700, totalMs: 5_000, stream: true });
    record(20, { status: 'error', httpStatus: 502, queueMs: 800 });
    expect(await read('error-rate')).toEqual([{ subject: '', value: 0.25 }]);
    expect(await read('latency-p95')).toEqual([{ subject: '', value: 5_000 }]);
    expect(await read('ttft-p95')).toEqual([{ subject: '', value: 700 }]);
    expect(await read('queue-wait')).toEqual([{ subject: '', value: 800 }]);
    expect(await read('spend-rate')).toEqual([{ subject: '', value: 30 }]);
  });
});

function recorded(at: number, changes: Partial<TraceRecord>): TraceRecord {
  return {
    ...{ id: newTraceId(at), at, requestId: 'r', tenant: 'acme', keyId: 'k', endpoint: '/v1/chat/completions' },
    ...{ model: 'small', servedModel: 'small', provider: 'mock', status: 'ok', httpStatus: 200, errorCode: null },
    ...{ error: null, stream: false, cache: 'miss', cacheSource: null, cacheEntry: null, similarity: null },
    ...{ savedMs: null, queue: 'none', queueMs: 0, ttftMs: null, totalMs: 100, inputTokens: 1, outputTokens: 1 },
    ...{ cachedInputTokens: 0, reasoningTokens: 0, tokenParts: {}, usageEstimated: false, priceVersion: null },
    ...{ costUsd: null, savedUsd: null, policy: null, signature: null, planId: null, degraded: [], tags: [] },
    ...{ attempts: [], stages: [], features: null, scores: null, predicted: null },
    ...changes,
  };
}
