import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { relayConfigSchema, type RelayConfig } from '@relay/config';
import { policyDocumentSchema } from '@relay/contracts';
import { RELAY_VERSION } from '@relay/core';
import { errorReply, freePort, jsonReply, rawReply, saySkipped, ScriptedUpstream } from '@relay/testing';
import { skewFinding } from './checks/clock';
import { checkDatabase } from './checks/database.check';
import { checkNode } from './checks/node.check';
import { checkPort } from './checks/port.check';
import { checkProviders } from './checks/provider.check';
import { checkRedis } from './checks/redis.check';
import { checkRunning } from './checks/running.check';
import { checkStorage } from './checks/storage.check';
import { examine } from './examine';
import type { Finding } from './finding';

const KEY = 'sk-a-secret-that-nobody-prints';
const statusOf = (findings: readonly Finding[], check: string): string | undefined =>
  findings.find((finding) => finding.check === check)?.status;

describe('relay doctor', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(path.join(tmpdir(), 'relay-doctor-'))));
  afterEach(() => rmSync(folder, { recursive: true }));

  it('knows which Node the relay needs', () => {
    expect(['v20.19.0', 'v22.1.0', 'v20.18.3', 'v18.20.0'].map((version) => checkNode(version).status)).toEqual([
      'ok',
      'ok',
      'fail',
      'fail',
    ]);
  });

  it('tells clocks that differ from answers that came late', () => {
    expect(skewFinding('clock', 1_000_500, 1_000_000, 1_001_000).status).toBe('ok');
    expect(skewFinding('clock', 990_000, 1_000_000, 1_000_010).status).toBe('warn');
    expect(skewFinding('clock', 1_002_000, 1_000_000, 1_004_000).status).toBe('ok'); // right in the middle
  });

  it('looks at the data folder and what lies in its spool', () => {
    expect(checkStorage(path.join(folder, 'new'))[0]).toMatchObject({
      found: expect.stringContaining('made by the first start'),
    });
    expect(checkStorage(path.join(folder, 'no/such')).map(({ status }) => status)).toEqual(['fail']);
    mkdirSync(path.join(folder, 'spool'));
    expect(statusOf(checkStorage(folder), 'spool')).toBe('ok');
    writeFileSync(path.join(folder, 'spool/rejected.ndjson'), '{}\n');
    expect(statusOf(checkStorage(folder), 'spool')).toBe('warn');
  });

  describe('asks providers', () => {
    let upstream: ScriptedUpstream;
    beforeEach(async () => (upstream = await ScriptedUpstream.start()));
    afterEach(() => upstream.close());

    const config = (more: object = {}): RelayConfig => ({
      ...relayConfigSchema.parse({
        providers: [{ id: 'mock', kind: 'openai', baseUrl: upstream.baseUrl, apiKey: KEY, ...more }],
        models: [{ id: 'small', targets: [{ provider: 'mock', model: 'mock-model' }] }],
      }),
      policy: policyDocumentSchema.parse({ name: 'default', version: 1 }),
    });

    it('for their models with the key, which it never tells', async () => {
      upstream.enqueue(
        jsonReply({ data: [{ id: 'mock-model' }] }),
        jsonReply({ data: [{ id: 'another' }] }),
        errorReply(401, KEY),
      );
      const found = [
        await checkProviders(config()),
        await checkProviders(config()),
        await checkProviders(config()),
      ].flat();
      expect(found.map(({ status }) => status)).toEqual(['ok', 'warn', 'fail']);
      expect(found[1]?.found).toContain('mock-model');
      expect(upstream.requests[0]).toMatchObject({ path: '/v1/models', headers: { authorization: `Bearer ${KEY}` } });
      expect(JSON.stringify(found)).not.toContain(KEY);
    });

    it('and says who does not answer, or answers what is no list', async () => {
      upstream.enqueue(rawReply('<html>', 'text/html'), errorReply(503, 'later'));
      expect((await checkProviders(config()))[0]?.status).toBe('ok');
      expect((await checkProviders(config()))[0]?.status).toBe('warn');
      const closed = `http://user:${KEY}@127.0.0.1:${await freePort()}/v1`;
      const [away] = await checkProviders(config({ baseUrl: closed, apiKey: KEY }));
      expect(away).toMatchObject({ status: 'fail', found: expect.stringContaining('ECONNREFUSED') });
      expect(JSON.stringify(away)).not.toContain(KEY);
    });
  });

  it('finds the port free, taken by a relay, or taken by somebody else', async () => {
    const port = await freePort();
    expect((await checkPort('127.0.0.1', port)).status).toBe('ok');
    const relay = await ScriptedUpstream.start(() => jsonReply({ status: 'ok' }));
    expect((await checkPort('127.0.0.1', Number(new URL(relay.origin).port))).found).toContain('a relay listens');
    await relay.close();
    const other: Server = createServer((socket) => void socket.destroy());
    await new Promise<void>((resolve) => other.listen(port, '127.0.0.1', resolve));
    expect((await checkPort('127.0.0.1', port)).status).toBe('fail');
    await new Promise((resolve) => other.close(resolve));
  });

  it('reads what a start would read, and says where it is wrong', async () => {
    writeFileSync(path.join(folder, 'relay.yaml'), 'providers:\n  - { id: mock, kind: nobody }\n');
    const port = String(await freePort());
    const env = { RELAY_CONFIG: path.join(folder, 'relay.yaml'), RELAY_DATA_DIR: folder, PORT: port };
    const wrong = await examine(env);
    expect(wrong.find(({ check }) => check === 'configuration')).toMatchObject({
      ...{ status: 'fail', found: expect.stringMatching(/relay\.yaml:2:\d+: providers\[0\]\.kind/) },
    });
    writeFileSync(path.join(folder, 'relay.yaml'), 'providers: [{ id: sim, kind: simulator }]\n');
    const right = await examine(env);
    expect(right.filter(({ status }) => status === 'fail')).toEqual([]);
    expect(['configuration', 'port', 'provider sim'].map((check) => statusOf(right, check))).toEqual([
      'ok',
      'ok',
      'ok',
    ]);
    expect((await examine({ PORT: 'none' })).map(({ status }) => status)).toEqual(['ok', 'fail']);
  });

  it('says that stores are away, without their passwords', async () => {
    const port = await freePort();
    const found = [
      ...(await checkDatabase(`postgres://relay:${KEY}@127.0.0.1:${port}/relay`)),
      ...(await checkRedis(`redis://:${KEY}@127.0.0.1:${port}`)),
    ];
    expect(found.map(({ check, status }) => [check, status])).toEqual([
      ['database', 'fail'],
      ['redis', 'fail'],
    ]);
    expect(found.every(({ found: text }) => text.includes('ECONNREFUSED'))).toBe(true);
    expect(JSON.stringify(found)).not.toContain(KEY);
  });

  it('reads health and metrics of a running relay', async () => {
    const metrics = [
      `relay_build_info{version="${RELAY_VERSION}",node="v20"} 1`,
      'nodejs_eventloop_lag_p99_seconds 0.5',
      'relay_trace_dropped_total 3',
      'relay_trace_spool_bytes 1000',
      'relay_target_breaker_state{provider="mock",model="up"} 2',
      'relay_slot_ledger_up 1',
    ].join('\n');
    const health = {
      status: 'ok',
      details: {
        database: { status: 'up', degraded: true, reason: 'Timeout' },
        redis: { status: 'up', configured: false },
        vault: { status: 'up' },
      },
    };
    const relay = await ScriptedUpstream.start(({ path: asked }) =>
      asked === '/metrics' ? rawReply(metrics, 'text/plain') : jsonReply(health),
    );
    const found = await checkRunning(`${relay.origin}/`);
    const warned = found.filter(({ status }) => status === 'warn').map(({ check }) => check);
    expect(warned).toEqual(['database', 'event loop', 'traces', 'breakers']);
    expect([statusOf(found, 'redis'), statusOf(found, 'vault')]).toEqual([undefined, 'ok']); // not configured, no finding
    expect(statusOf(found, 'version')).toBe('ok');
    await relay.close();
    expect((await checkRunning(relay.origin)).map(({ status }) => status)).toEqual(['fail']);
  });

  const { TEST_DATABASE_URL: database, TEST_REDIS_URL: redis } = process.env;
  if (!database || !redis) {
    saySkipped('relay doctor on real stores, because TEST_DATABASE_URL or TEST_REDIS_URL is not set');
    return;
  }

  it('knows the stores that are there', async () => {
    const stores = [...(await checkDatabase(database)), ...(await checkRedis(redis))];
    const checks = ['database', 'pgvector', 'database clock', 'redis', 'redis clock'];
    expect(checks.map((check) => statusOf(stores, check))).toEqual(checks.map(() => 'ok'));
    expect(statusOf(stores, 'migrations')).toMatch(/^(ok|warn|fail)$/);
    expect(statusOf(stores, 'redis eviction')).toMatch(/^(ok|warn|fail)$/);
  });
});
