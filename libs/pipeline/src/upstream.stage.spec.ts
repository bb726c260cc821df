import type { ExecutionPlan, RouteCandidate } from '@relay/contracts';
import type { UpstreamOutcome } from '@relay/providers';
import { completed, failure, fails, succeeds } from '../test/outcomes';
import { chat, PipelineHarness } from '../test/pipeline-harness';
import type { Job } from './job';
import { RequestTrace } from './request-trace';

const IGNORE = { onFrames: () => true };

const candidate = (provider: string): RouteCandidate => ({
  model: 'm',
  provider,
  upstreamModel: `up-${provider}`,
  score: 1,
  terms: {},
});

interface Plan {
  readonly providers?: readonly string[];
  readonly maxAttempts?: number;
  readonly fallbacks?: number;
  readonly deadlineMs?: number;
}

const codeOf = (outcome: UpstreamOutcome): string => (outcome.kind === 'completed' ? outcome.kind : outcome.error.code);

/** Every promise that can settle has settled. */
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('the upstream stage', () => {
  let relay: PipelineHarness;

  beforeEach(async () => {
    relay = await PipelineHarness.start();
  });
  afterEach(() => relay.close());

  function begin(settings: Plan): {
    readonly outcome: Promise<UpstreamOutcome>;
    readonly trace: RequestTrace;
    readonly exchange: ReturnType<PipelineHarness['exchange']>;
  } {
    const exchange = relay.exchange();
    const trace = new RequestTrace(exchange, relay.clock);
    const { providers = ['a'], maxAttempts = 3, fallbacks = 2, deadlineMs = 60_000 } = settings;
    const planned = relay.planned();
    const plan: ExecutionPlan = {
      ...planned.plan,
      deadlineMs,
      route: { ...planned.plan.route, candidates: providers.map(candidate) },
      retries: { maxAttempts, fallbacks, budget: 0.2, hedge: null },
    };
    const job: Job = { exchange, trace, request: chat(), planned: { ...planned, plan } };
    return { outcome: relay.upstream.serve(job, IGNORE), trace, exchange };
  }

  const attempts = (trace: RequestTrace): string[] => trace.attempts.map((each) => `${each.provider} ${each.outcome}`);

  it('tries the fallbacks in their order at once, then the last one again after a growing wait', async () => {
    relay.providers.script('a', fails);
    const second = relay.providers.script('b', fails, fails, succeeds);
    const { outcome, trace } = begin({ providers: ['a', 'b'], maxAttempts: 4 });
    await turn();
    expect(attempts(trace)).toEqual(['a upstream_error', 'b upstream_error']);
    const waits: number[] = [];
    for (const calls of [2, 3]) {
      const startMs = relay.clock.monotonic();
      while (second.calls.length < calls && relay.clock.monotonic() < 10_000) await relay.clock.advanceAsync(50);
      waits.push(relay.clock.monotonic() - startMs);
    }
    expect((await outcome).kind).toBe('completed');
    expect(waits[0]).toBeGreaterThan(0);
    expect(waits[1]).toBeGreaterThan(waits[0] ?? 0);
    expect(attempts(trace)).toEqual(['a upstream_error', 'b upstream_error', 'b upstream_error', 'b ok']);
    expect(relay.scheduler.releases.map((release) => release.pool)).toEqual(['a', 'b', 'b', 'b']);
  });

  it('makes no more attempts than the plan allows', async () => {
    const client = relay.providers.script('a', fails);
    const { outcome } = begin({ maxAttempts: 2 });
    await relay.clock.advanceAsync(30_000);
    expect(codeOf(await outcome)).toBe('upstream_error');
    expect(client.calls).toHaveLength(2);
    expect(relay.clock.pending).toBe(0);
  });

  it('leaves alone the candidates beyond the fallbacks that the plan allows', async () => {
    const first = relay.providers.script('a', fails);
    const second = relay.providers.script('b', succeeds);
    const { outcome } = begin({ providers: ['a', 'b'], maxAttempts: 2, fallbacks: 0 });
    await relay.clock.advanceAsync(30_000);
    expect(codeOf(await outcome)).toBe('upstream_error');
    expect([first.calls.length, second.calls.length]).toEqual([2, 0]);
  });

  it.each([
    ['something was handed out already', failure({ started: true, retryable: true })],
    ['the upstream says that nothing else would help', failure({ retryable: false })],
  ])('does not try again when %s', async (_why, refusal) => {
    relay.providers.script('a', () => Promise.resolve(refusal));
    const second = relay.providers.script('b', succeeds);
    const { outcome } = begin({ providers: ['a', 'b'] });
    expect(await outcome).toEqual(refusal);
    expect(second.calls).toHaveLength(0);
  });

  it('waits as long as the upstream asks, and not at all where that is beyond the deadline', async () => {
    const told = failure({ retryAfterMs: 7_000 });
    const client = relay.providers.script('a', () => Promise.resolve(told));
    const { outcome } = begin({ deadlineMs: 10_000, maxAttempts: 3 });
    await relay.clock.advanceAsync(6_999);
    expect(client.calls).toHaveLength(1);
    await relay.clock.advanceAsync(1);
    expect(client.calls).toHaveLength(2);
    expect(await outcome).toEqual(told); // another 7 s do not fit into the 3 s that are left
    expect(relay.clock.pending).toBe(0);
  });

  it('ends at once when the client leaves while it waits for the next attempt', async () => {
    const client = relay.providers.script('a', fails);
    const { outcome, exchange } = begin({ maxAttempts: 3 });
    await turn();
    expect(relay.clock.pending).toBe(1);
    exchange.signal.abort();
    expect(codeOf(await outcome)).toBe('client_closed'); // not what the upstream said before
    expect(relay.clock.pending).toBe(0);
    expect(client.calls).toHaveLength(1);
  });

  it('moves on from a full pool to the next candidate at once', async () => {
    const first = relay.providers.script('a', succeeds);
    relay.providers.script('b', succeeds);
    relay.scheduler.overloaded.add('a');
    const { outcome, trace } = begin({ providers: ['a', 'b'] });
    expect(codeOf(await outcome)).toBe('completed');
    expect(first.calls).toHaveLength(0);
    expect(attempts(trace)).toContain('b ok');
    expect(trace.provider).toBe('b');
  });

  it('asks a full pool once: whoever was refused is told so, with the time to wait', async () => {
    relay.providers.script('a', succeeds);
    relay.scheduler.overloaded.add('a');
    const { outcome } = begin({ maxAttempts: 3 });
    await relay.clock.advanceAsync(30_000);
    expect(await outcome).toMatchObject({ error: { code: 'overloaded', retryAfterSeconds: 2 } });
    expect(relay.scheduler.asked).toEqual(['a']);
  });

  it('calls the client that is in service when the slot is there, not the one of the time before', async () => {
    const before = relay.providers.script('a', succeeds);
    relay.scheduler.free.set('a', 0);
    const { outcome } = begin({});
    const after = relay.providers.script('a', succeeds);
    relay.scheduler.grant();
    expect(codeOf(await outcome)).toBe('completed');
    expect([before.calls.length, after.calls.length]).toEqual([0, 1]);
  });

  it('gives the slot back and goes on when the provider vanished during the wait for it', async () => {
    const gone = relay.providers.script('a', succeeds);
    relay.providers.script('b', succeeds);
    relay.scheduler.free.set('a', 0);
    const { outcome, trace } = begin({ providers: ['a', 'b'] });
    relay.providers.clients.delete('a');
    relay.scheduler.grant();
    expect(codeOf(await outcome)).toBe('completed');
    expect(gone.calls).toHaveLength(0);
    expect(trace.provider).toBe('b');
    expect(relay.scheduler.releases.map((release) => release.pool)).toEqual(['a', 'b']);
  });

  it('says that a provider is gone where there is no other', async () => {
    const { outcome } = begin({ maxAttempts: 1 });
    expect(codeOf(await outcome)).toBe('unavailable');
    expect(relay.scheduler.free.get('a') ?? 1).toBe(1);
  });

  it.each([
    ['rejects', () => Promise.reject(new Error('broken'))],
    [
      'throws',
      () => {
        throw new Error('broken');
      },
    ],
  ])('gives the slot back when a client %s', async (_how, script) => {
    relay.providers.script('a', script);
    const { outcome } = begin({});
    await expect(outcome).rejects.toThrow('broken');
    expect(relay.scheduler.releases).toEqual([{ pool: 'a', cost: undefined }]);
  });

  it('tells the scheduler what the call really cost: output counts double', async () => {
    const usage = { inputTokens: 100, cachedInputTokens: 0, outputTokens: 7, reasoningTokens: 0 };
    relay.providers.script('a', () => Promise.resolve(completed({ usage })));
    const { outcome } = begin({});
    await outcome;
    expect(relay.scheduler.releases).toEqual([{ pool: 'a', cost: 114 }]);
  });

  it('hands the upstream the body as it came, under its own name for the model, and the time that is left', async () => {
    const client = relay.providers.script('a', succeeds);
    relay.scheduler.free.set('a', 0);
    const { outcome } = begin({ deadlineMs: 5_000 });
    relay.clock.advance(2_000);
    relay.scheduler.grant();
    await outcome;
    expect(client.calls).toMatchObject([{ model: 'up-a', patch: { model: 'up-a' }, timeoutMs: 3_000, stream: false }]);
    expect(client.calls[0]?.body.toString()).toBe(JSON.stringify(chat()));
  });
});
