import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Logger } from '@nestjs/common';
import { ConfigStore, environmentSchema, type RelayConfig, relayConfigSchema } from '@relay/config';
import type { Alert, AlertQuery } from '@relay/contracts';
import { newTraceId } from '@relay/core';
import { FakeClock, openEmbedded, openPostgres, saySkipped, type TestDatabase } from '@relay/testing';
import { ChannelBook } from './channel-book.service';
import { DELIVERY_TIMEOUT_MS } from './channels/deliver';
import { Evaluation } from './evaluation.service';
import { MAX_SUBJECTS } from './kinds/kind';
import { Notifier } from './notifier.service';
import { AlertStore } from './persistence/alert-store';
import { ChannelSeal } from './persistence/channel-seal';
import { ChannelStore } from './persistence/channel-store';
import { NoticeStore } from './persistence/notice-store';
import { ProcessStore } from './persistence/process-store';
import { RuleStore } from './persistence/rule-store';
import { RuleBook } from './rule-book.service';

const databaseUrl = process.env.TEST_DATABASE_URL;
if (!databaseUrl) saySkipped('alerts on PostgreSQL, because TEST_DATABASE_URL is not set');
const backends: [string, () => Promise<TestDatabase>][] = databaseUrl ? [] : [['PGlite', openEmbedded]];
if (databaseUrl) backends.unshift(['PostgreSQL', () => openPostgres(databaseUrl, 'relay_alerts')]);

const MINUTE = 60_000;
const ALL: AlertQuery = { limit: 50 };

/** A receiver of webhooks that does with each request what it is told to. */
class Receiver {
  readonly events: string[] = [];
  answer: (response: ServerResponse, request: IncomingMessage) => void = (response) => response.writeHead(200).end();
  private constructor(private readonly server: Server) {}

  static async start(): Promise<Receiver> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const receiver = new Receiver(server);
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      let text = '';
      request.on('data', (chunk) => (text += String(chunk)));
      request.on('end', () => {
        receiver.events.push((JSON.parse(text) as { event: string }).event);
        receiver.answer(response, request);
      });
    });
    return receiver;
  }
  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/hook`;
  }
  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }
}

describe.each(backends)('alerts on %s', (_name, open) => {
  let database: TestDatabase;
  let clock: FakeClock;
  let receiver: Receiver;
  let store: AlertStore;
  let notices: NoticeStore;
  let evaluation: Evaluation;
  let notifier: Notifier;

  beforeAll(async () => {
    database = await open();
    const day = '2026-01-01';
    await database.dataSource.query(
      `CREATE TABLE IF NOT EXISTS request_traces_20260101 PARTITION OF request_traces FOR VALUES FROM ('${day} 00:00+00') TO ('2026-01-02 00:00+00')`,
    );
  }, 60_000);
  afterAll(() => database.close());
  beforeEach(async () => {
    receiver = await Receiver.start();
    clock = new FakeClock();
    clock.advance(6 * 60 * MINUTE);
    for (const table of [
      'alerts',
      'request_traces',
      'relay_processes',
      'alert_rules',
      'budget_alerts',
      'usage_hourly',
      'feedback',
      'policy_versions',
    ])
      await database.dataSource.query(`TRUNCATE ${table} CASCADE`);
    assemble({ rules: [{ id: 'errors', kind: 'error-rate', threshold: 0.5, minRequests: 4, channels: ['ops'] }] });
  });
  afterEach(() => receiver.close());

  function assemble(alerts: object): void {
    const channels = [{ id: 'ops', kind: 'webhook', url: receiver.url }];
    const parsed = relayConfigSchema.parse({ alerts: { builtin: false, channels, ...alerts } });
    const config = new ConfigStore(parsed as RelayConfig, 'relay.yaml');
    const { dataSource } = database;
    store = new AlertStore(dataSource, clock);
    notices = new NoticeStore(dataSource, clock);
    const seal = new ChannelSeal(environmentSchema.parse({}));
    evaluation = new Evaluation(dataSource, new RuleBook(config, new RuleStore(dataSource, clock)), store, clock);
    notifier = new Notifier(notices, new ChannelBook(config, new ChannelStore(dataSource, seal, clock), clock));
  }

  async function requests(count: number, row: Record<string, unknown> = {}): Promise<void> {
    for (let n = 0; n < count; n++) {
      const at = new Date(clock.now() - 1_000);
      const full = {
        ...{ id: newTraceId(at.getTime()), at, request_id: 'r', tenant: 'acme', endpoint: '/v1/chat/completions' },
        ...{ model: 'small', provider: 'mock', status: 'ok', http_status: 200, stream: false, cache: 'miss' },
        ...{ queue: 'none', queue_ms: 0, total_ms: 100, ...row },
      };
      const columns = Object.keys(full);
      await database.dataSource.query(
        `INSERT INTO request_traces (${columns.join(', ')}) VALUES (${columns.map((_, i) => `$${i + 1}`).join(', ')})`,
        Object.values(full),
      );
    }
  }
  const list = async (query: Partial<AlertQuery> = {}): Promise<Alert[]> => {
    const page = await store.list({ ...ALL, ...query });
    if (!page.ok) throw page.error;
    return page.value.data;
  };
  const failed = { status: 'error', http_status: 502 };

  it('fire, are told once, and once more when they are resolved', async () => {
    await requests(3);
    await requests(3, failed);
    await evaluation.run();
    await evaluation.run();
    await notifier.run();
    await notifier.run();
    expect(receiver.events).toEqual(['firing']);
    expect(await list()).toMatchObject([
      {
        rule: 'errors',
        state: 'firing',
        value: 0.5,
        notices: [{ channel: 'ops', event: 'firing', state: 'sent', attempts: 1 }],
      },
    ]);

    for (let minute = 0; minute < 12; minute++) {
      clock.advance(MINUTE);
      await evaluation.run();
      await notifier.run();
    }
    expect(receiver.events).toEqual(['firing', 'resolved']);
    expect(await list({ state: 'resolved' })).toMatchObject([{ resolvedAt: expect.any(String), peak: 0.5 }]);
    expect(await list({ state: 'firing' })).toEqual([]);
  });

  it('are told once when two processes look and send at the same time', async () => {
    await requests(6, failed);
    await Promise.all([evaluation.run(), evaluation.run()]);
    await Promise.all([notifier.run(), notifier.run()]);
    expect(receiver.events).toEqual(['firing']);
    expect(await list()).toHaveLength(1);
  });

  it('say nothing of too few requests, or of those that are not in the scope', async () => {
    await requests(3, failed);
    await evaluation.run();
    expect(await list()).toEqual([]);
    assemble({
      rules: [{ id: 'errors', kind: 'error-rate', threshold: 0.5, minRequests: 4, scope: { tenant: 'globex' } }],
    });
    await requests(3, failed);
    await evaluation.run();
    expect(await list()).toEqual([]);
    await requests(4, { ...failed, tenant: 'globex' });
    await evaluation.run();
    expect(await list()).toMatchObject([{ scope: { tenant: 'globex' }, value: 1 }]);
  });

  it('are tried again when a channel fails, and told in their order', async () => {
    let failures = 2;
    receiver.answer = (response) => response.writeHead(failures-- > 0 ? 500 : 200).end();
    await requests(6, failed);
    await evaluation.run();
    await notifier.run();
    expect((await list())[0]?.notices).toMatchObject([{ state: 'waiting', attempts: 1, error: 'status 500' }]);
    await notifier.run();
    expect(receiver.events).toHaveLength(1); // not before it is due
    for (let minute = 0; minute < 12; minute++) {
      clock.advance(MINUTE);
      await evaluation.run();
    }
    await notifier.run(); // the second failure: the end is not told before the beginning
    expect(receiver.events).toEqual(['firing', 'firing']);
    clock.advance(MINUTE);
    await notifier.run();
    expect(receiver.events).toEqual(['firing', 'firing', 'firing', 'resolved']);
    expect((await list())[0]?.notices).toMatchObject([
      { state: 'sent', attempts: 3 },
      { state: 'sent', attempts: 1 },
    ]);
  });

  it('are given up after eight tries, and say so', async () => {
    receiver.answer = (response) => response.writeHead(503).end();
    await requests(6, failed);
    await evaluation.run();
    for (let tries = 0; tries < 10; tries++) {
      await notifier.run();
      clock.advance(60 * MINUTE);
    }
    expect(receiver.events).toHaveLength(8);
    expect((await list())[0]?.notices).toMatchObject([{ state: 'given-up', attempts: 8, error: 'status 503' }]);
  });

  it('are looked at while a channel hangs', async () => {
    const asked = new Promise<void>((resolve) => (receiver.answer = () => resolve()));
    await requests(6, failed);
    await evaluation.run();
    const sending = notifier.run();
    await asked;
    await requests(1, failed);
    await evaluation.run();
    expect(await list({ state: 'firing' })).toHaveLength(1);
    clock.advance(DELIVERY_TIMEOUT_MS);
    await sending;
    expect((await list())[0]?.notices).toMatchObject([{ state: 'waiting', error: 'no answer within 5000 ms' }]);
  });

  it('are told to other channels while one hangs', async () => {
    const hanging = await Receiver.start();
    const asked = new Promise<void>((resolve) => (hanging.answer = () => resolve()));
    const channels = [
      { id: 'ops', kind: 'webhook', url: receiver.url },
      { id: 'mute', kind: 'webhook', url: hanging.url },
    ];
    const rule = { kind: 'error-rate', threshold: 0.5, minRequests: 4 };
    assemble({ channels, rules: [{ ...rule, id: 'one', channels: ['mute'] }] });
    await requests(6, failed);
    await evaluation.run();
    const first = notifier.run();
    await asked;
    const sender = notifier;
    const later = { ...rule, id: 'two', channels: ['ops'] };
    assemble({ channels, rules: [{ ...rule, id: 'one', channels: ['mute'] }, later] });
    await evaluation.run();
    const told = new Promise<void>((resolve) => {
      receiver.answer = (response) => {
        response.writeHead(200).end();
        resolve();
      };
    });
    const second = sender.run();
    await told; // the first is still waiting for its answer
    clock.advance(DELIVERY_TIMEOUT_MS);
    await Promise.all([first, second]);
    expect(receiver.events).toEqual(['firing']);
    hanging.close();
  });

  it('go on for who is not among those with most requests any more', async () => {
    assemble({ rules: [{ id: 'errors', kind: 'error-rate', by: 'tenant', threshold: 0.5, minRequests: 1 }] });
    await requests(2, { ...failed, tenant: 'ill' });
    await evaluation.run();
    clock.advance(MINUTE);
    await database.dataSource.query(
      `INSERT INTO request_traces (id, at, request_id, tenant, endpoint, model, status, http_status, stream, cache, queue, queue_ms, total_ms)
       SELECT gen_random_uuid(), $1, 'r', 'busy-' || n % ${MAX_SUBJECTS}, '/v1', 'small', 'ok', 200, false, 'miss', 'none', 0, 1
       FROM generate_series(1, ${3 * MAX_SUBJECTS}) AS n`,
      [new Date(clock.now() - 1_000)],
    );
    for (let minute = 0; minute < 3; minute++) {
      await evaluation.run();
      clock.advance(MINUTE);
    }
    expect(await list()).toMatchObject([{ subject: 'ill', state: 'firing', value: 1 }]);
    const [row]: { clear_since: Date | null }[] = await database.dataSource.query('SELECT clear_since FROM alerts');
    expect(row?.clear_since).toBeNull();
  });

  it('are told again until somebody acknowledges them', async () => {
    assemble({
      rules: [
        { id: 'errors', kind: 'error-rate', threshold: 0.5, minRequests: 4, repeatMs: 5 * MINUTE, channels: ['ops'] },
      ],
    });
    const tick = async (): Promise<void> => {
      await requests(6, failed);
      await evaluation.run();
      await notifier.run();
      clock.advance(5 * MINUTE);
    };
    await tick();
    await tick();
    expect(receiver.events).toEqual(['firing', 'repeat']);
    const [alert] = await list();
    await database.dataSource.transaction((transaction) =>
      store.acknowledge(alert?.id ?? '', 'ann@example.org', transaction),
    );
    await tick();
    expect(receiver.events).toEqual(['firing', 'repeat']);
    expect(await list()).toMatchObject([{ acknowledgedBy: 'ann@example.org' }]);
  });

  it('end with their rule', async () => {
    await requests(6, failed);
    await evaluation.run();
    assemble({ rules: [] });
    await evaluation.run();
    await notifier.run();
    expect(receiver.events).toEqual(['firing', 'resolved']);
    expect(await list()).toMatchObject([{ state: 'resolved' }]);
  });

  it('leave what they know as it is where a rule cannot be looked at', async () => {
    const logged = jest.spyOn(Logger.prototype, 'error').mockReturnValue();
    await requests(6, failed);
    await evaluation.run();
    await database.dataSource.query('ALTER TABLE request_traces RENAME TO mislaid_traces');
    try {
      clock.advance(60 * MINUTE);
      await evaluation.run();
    } finally {
      await database.dataSource.query('ALTER TABLE mislaid_traces RENAME TO request_traces');
    }
    expect(await list()).toMatchObject([{ state: 'firing' }]);
    expect(logged).toHaveBeenCalledTimes(1);
    logged.mockRestore();
  });

  it('come page by page, filtered, and are forgotten after their time', async () => {
    assemble({
      rules: [{ id: 'errors', kind: 'error-rate', by: 'tenant', threshold: 0.5, minRequests: 1, severity: 'critical' }],
    });
    for (const tenant of ['a', 'b', 'c']) await requests(1, { ...failed, tenant });
    await evaluation.run();
    const page = await store.list({ limit: 2 });
    if (!page.ok) throw page.error;
    const rest = await list({ cursor: page.value.nextCursor ?? undefined });
    expect([...page.value.data, ...rest].map(({ subject }) => subject).sort()).toEqual(['a', 'b', 'c']);
    expect(await list({ severity: 'info' })).toEqual([]);
    expect(await list({ rule: 'errors', from: '2026-01-01T06:00:00Z' })).toHaveLength(3);
    expect(await list({ to: '2026-01-01T06:00:00Z' })).toEqual([]);
    expect(await store.list({ limit: 1, cursor: 'x' })).toMatchObject({
      ok: false,
      error: { code: 'invalid_request' },
    });
    expect(await store.firing()).toEqual({ firing: 3, critical: 3 });
    assemble({ rules: [] });
    await evaluation.run();
    clock.advance(24 * 60 * MINUTE);
    await store.forget(2);
    expect(await list()).toHaveLength(3);
    await store.forget(1);
    clock.advance(1);
    await store.forget(1);
    expect(await list()).toEqual([]);
  });

  describe('by kind', () => {
    const fires = async (rule: object): Promise<Alert[]> => {
      assemble({ rules: [{ id: 'it', minRequests: 4, ...rule }] });
      await evaluation.run();
      return list();
    };

    it('errors: also what could not be served at all, not what was refused', async () => {
      await requests(2);
      await requests(2, { status: 'rejected', http_status: 503 });
      await requests(9, { status: 'rejected', http_status: 429 });
      await requests(9, { status: 'aborted', http_status: 499 });
      expect(await fires({ kind: 'error-rate', threshold: 0.5 })).toMatchObject([{ value: 0.5 }]);
    });

    it('latency: the P95 of what was answered', async () => {
      await requests(18);
      await requests(2, { total_ms: 5_000 });
      expect(await fires({ kind: 'latency-p95', threshold: 4_000 })).toMatchObject([{ value: 5_000, unit: 'ms' }]);
    });

    it('time to first token', async () => {
      await requests(5, { ttft_ms: 700 });
      await requests(20); // not streams
      expect(await fires({ kind: 'ttft-p95', threshold: 600 })).toMatchObject([{ value: 700 }]);
    });

    it('spend: USD an hour', async () => {
      await requests(4, { cost_usd: '0.5' });
      expect(await fires({ kind: 'spend-rate', threshold: 3, windowMs: 30 * MINUTE })).toMatchObject([{ value: 4 }]);
    });

    it('queue: the P95 of the wait', async () => {
      await requests(5, { queue_ms: 800 });
      await requests(9, { queue_ms: 0, cache: 'exact-l1' });
      expect(await fires({ kind: 'queue-wait', threshold: 500 })).toMatchObject([{ value: 800 }]);
    });

    describe('quality', () => {
      /** `count` verdicts, of which `good` are 1 and the others -1. */
      async function said(count: number, good: number, daysAgo: number, more: { user?: string; model?: string } = {}) {
        const at = new Date(clock.now() - daysAgo * 24 * 60 * MINUTE - MINUTE);
        for (let n = 0; n < count; n++)
          await database.dataSource.query(
            `INSERT INTO feedback (id, at, trace_id, tenant, user_name, key_id, model, score, source)
             VALUES ($1, $2, $1, 'acme', $3, 'key', $4, $5, 'app')`,
            [newTraceId(at.getTime()), at, more.user ?? null, more.model ?? 'small', n < good ? 1 : -1],
          );
      }
      const RULE = { kind: 'quality-drop', minRequests: 30 };

      it('against the weeks before', async () => {
        await said(100, 90, 10);
        await said(30, 30, 40); // longer ago than is looked
        await said(50, 30, 0);
        expect(await fires(RULE)).toMatchObject([{ value: expect.closeTo(0.3), unit: 'share' }]);
      });

      it('of each model that answered', async () => {
        for (const model of ['small', 'large']) await said(60, 54, 3, { model });
        await said(40, 36, 0, { model: 'large' });
        await said(40, 20, 0);
        expect(await fires({ ...RULE, by: 'model' })).toMatchObject([{ subject: 'small', value: expect.closeTo(0.4) }]);
      });

      it.each([
        ['too little was said', 29, 10, undefined],
        ['chance explains it', 30, 24, undefined],
        ['one user alone says so', 100, 0, 'ann'],
      ])('not where %s', async (_why, count, good, user) => {
        await said(100, 90, 10);
        await said(count, good, 0, user === undefined ? {} : { user });
        expect(await fires({ ...RULE, threshold: 0.01 })).toEqual([]);
      });
    });

    it('providers: by what processes say', async () => {
      await new ProcessStore(database.dataSource, clock).tell({
        ...{
          id: newTraceId(clock.now()),
          roles: ['gateway'],
          version: '1',
          startedAt: new Date(clock.now()).toISOString(),
        },
        ...{ spool: { queued: 0, bytes: 0, dropped: 0 }, openBreakers: ['silent'] },
      });
      expect(await fires({ kind: 'provider-down' })).toMatchObject([{ subject: 'silent', value: 1 }]);
    });

    it('budgets: the highest threshold of this period, by UTC wherever the server is', async () => {
      const crossed = (budget: string, period: string, start: string, threshold: number, ended: Date | null = null) =>
        database.dataSource.query(
          `INSERT INTO budget_alerts (id, budget_id, tenant, threshold, spent_usd, limit_usd, period, period_start, at, ended_at)
           VALUES ($1, $2, 'acme', $3, 9, 10, $4, $5, $5, $6)`,
          [newTraceId(clock.now()), budget, threshold, period, `${start}T00:00:00Z`, ended],
        );
      await crossed('b-1', 'month', '2026-01-01', 0.5);
      await crossed('b-1', 'month', '2026-01-01', 0.9);
      await crossed('b-1', 'month', '2025-12-01', 1);
      await crossed('b-2', 'day', '2025-12-31', 1);
      await crossed('raised', 'month', '2026-01-01', 1, new Date(clock.now()));
      expect(await fires({ kind: 'budget' })).toMatchObject([{ subject: 'acme (b-1)', value: 0.9 }]);
    });

    it('canaries: those that the guard stopped within the hour, by version', async () => {
      const version = async (number: number, by: string, minutesAgo: number): Promise<void> => {
        const [id, at] = [newTraceId(clock.now()), new Date(clock.now() - minutesAgo * MINUTE)];
        await database.dataSource.query(
          `INSERT INTO policy_versions (id, name, version, status, document, source, digest, created_by, created_at)
           VALUES ($1, 'default', $2, 'stopped', '{}', '', $3, 'ann', $4)`,
          [id, number, `digest-${number}`, at],
        );
        await database.dataSource.query(
          `INSERT INTO policy_canaries (id, version_id, against, share, unit, guardrails, status, started_by, started_at, ended_by, ended_at)
           VALUES ($1, $2, 'default@1', 0.1, 'user', '{}', 'stopped', 'ann', $3, $4, $3)`,
          [newTraceId(clock.now()), id, at, by],
        );
      };
      await version(2, 'guard', 10);
      await version(3, 'ann', 10);
      await version(4, 'guard', 70);
      expect(await fires({ kind: 'canary-stopped' })).toMatchObject([
        { subject: 'default@2', value: 1, unit: 'count' },
      ]);
      clock.advance(51 * MINUTE);
      await fires({ kind: 'canary-stopped' });
      clock.advance(6 * MINUTE);
      expect(await fires({ kind: 'canary-stopped' })).toMatchObject([{ state: 'resolved' }]);
    });

    it('spool: all processes together', async () => {
      const processes = new ProcessStore(database.dataSource, clock);
      for (const bytes of [600, 500])
        await processes.tell({
          ...{
            id: newTraceId(clock.now()),
            roles: ['gateway'],
            version: '1',
            startedAt: new Date(clock.now()).toISOString(),
          },
          ...{ spool: { queued: 1, bytes, dropped: 0 }, openBreakers: [] },
        });
      expect(await fires({ kind: 'spool-backlog', threshold: 1_000 })).toMatchObject([{ value: 1_100, unit: 'bytes' }]);
      expect(await processes.list()).toHaveLength(2);
      clock.advance(10 * MINUTE);
      expect(await processes.list()).toEqual([]);
    });

    it('knows every built-in rule', async () => {
      assemble({ builtin: true });
      await requests(30, failed);
      await evaluation.run();
      expect(await list()).toMatchObject([{ rule: 'error-rate', state: 'pending' }]);
    });
  });
});
