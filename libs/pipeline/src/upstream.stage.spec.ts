import type { ExecutionPlan, RouteCandidate } from '@relay/contracts';
import { RelayError } from '@relay/core';
import { OverrideBook, type UpstreamFailed, type UpstreamOutcome } from '@relay/providers';
import { completed, failure, fails, succeeds } from '../test/outcomes';
import { chat, PipelineHarness } from '../test/pipeline-harness';
import type { Job } from './job';
import { RequestAccount } from './limits/request-account';
import { RequestTrace } from './request-trace';
import { MIN_RETRIES } from './upstream/retry-budget';

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
  readonly budget?: number;
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
    const { providers = ['a'], maxAttempts = 3, fallbacks = 2, deadlineMs = 60_000, budget = 0.2 } = settings;
    const planned = relay.planned();
    const plan: ExecutionPlan = {
      ...planned.plan,
      deadlineMs,
      route: { ...planned.plan.route, candidates: providers.map(candidate) },
      retries: { maxAttempts, fallbacks, budget, hedge: null },
    };
    const request = chat();
    const account = new RequestAccount();
    const job: Job = {
      exchange,
      trace,
      asked: request,
      request,
      planned: { ...planned, plan },
      account,
      policyState: 0,
      repeat: null,
    };
    return { outcome: relay.upstream.serve(job, IGNORE), trace, exchange };
  }

  const attempts = (trace: RequestTrace): string[] => trace.attempts.map((each) => `${each.provider} ${each.outcome}`);

  it('asks those alone who can be asked just this, and the first where nobody can', async () => {
    const refused = (): RelayError => new RelayError('invalid_request', 'tools[0].type: chat has no such tool.');
    const unable = Object.assign(relay.providers.script('a', succeeds), { refusal: refused });
    const able = Object.assign(relay.providers.script('b', succeeds), { refusal: (): RelayError | null => null });
    const first = begin({ providers: ['a', 'b'], fallbacks: 0 });
    expect(codeOf(await first.outcome)).toBe('completed');
    expect(attempts(first.trace)).toEqual(['b ok']);
    able.refusal = refused;
    const second = begin({ providers: ['a', 'b'], fallbacks: 0 });
    await second.outcome;
    expect(attempts(second.trace)).toEqual(['a ok']);
    expect(unable.calls).toHaveLength(1);
  });

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
    await relay.clock.advanceAsync(1 + 7_000 / 4); // stretched by a quarter at most
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

  it('asks first whose rate limit is not used up; where there is nobody else, the request waits in line', async () => {
    const [first, second] = [relay.providers.script('a', succeeds), relay.providers.script('b', succeeds)];
    const models = ['a', 'b'].map((provider) => candidate(provider).upstreamModel);
    const asked = async (held: readonly (string | undefined)[]): Promise<number[]> => {
      relay.scheduler.held.clear();
      for (const model of held) if (model !== undefined) relay.scheduler.held.add(model);
      await begin({ providers: ['a', 'b'] }).outcome;
      return [first.calls.length, second.calls.length];
    };
    expect(await asked([models[0]])).toEqual([0, 1]);
    expect(await asked(models)).toEqual([1, 1]);
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

  describe('with a target that is down', () => {
    const takeDown = async (provider: string): Promise<void> => {
      for (let i = 0; i < 5; i++)
        await relay.monitor.call(provider, `up-${provider}`, () => Promise.resolve(failure()));
    };

    const takeOut = (...providers: readonly string[]): void => {
      const since = relay.clock.now();
      const said = {
        mode: 'drain',
        reason: 'new hardware',
        by: 'op@example.org',
        since,
        until: since + 3_600_000,
      } as const;
      relay.monitor.override(new OverrideBook(providers.map((provider) => ({ ...said, provider, target: null }))));
    };

    it('passes over it without taking a slot or asking it', async () => {
      await takeDown('a');
      const down = relay.providers.script('a', succeeds);
      relay.providers.script('b', succeeds);
      const { outcome, trace } = begin({ providers: ['a', 'b'], maxAttempts: 1 });
      expect(codeOf(await outcome)).toBe('completed');
      expect(down.calls).toHaveLength(0);
      expect(attempts(trace)).toEqual(['a breaker_open', 'b ok']);
      expect(relay.scheduler.asked).toEqual(['b']);
    });

    it('says when the first of them may be asked again where all are down', async () => {
      await takeDown('a');
      await takeDown('b');
      const { outcome, trace } = begin({ providers: ['a', 'b'] });
      expect(await outcome).toMatchObject({ error: { code: 'unavailable', status: 503, retryAfterSeconds: 1 } });
      expect(attempts(trace)).toEqual(['a breaker_open', 'b breaker_open']);
      expect(relay.scheduler.asked).toEqual([]);
    });

    it('says that it is the rate where all of them limit that', async () => {
      const told = failure({ error: new RelayError('upstream_rate_limited', 'slow down'), retryAfterMs: 30_000 });
      await relay.monitor.call('a', 'up-a', () => Promise.resolve(told));
      const { outcome } = begin({});
      expect(await outcome).toMatchObject({ error: { code: 'upstream_rate_limited', retryAfterSeconds: 2 } });
    });

    it('says that it is the credentials where none of them takes those, by the names of the providers', async () => {
      const locked = failure({
        error: new RelayError('upstream_error', 'Provider p did not accept sk-secret'),
        upstreamStatus: 401,
      });
      const lock = (id: string) => relay.monitor.call(id, `up-${id}`, () => Promise.resolve(locked));
      await lock('a');
      const { error } = (await begin({}).outcome) as UpstreamFailed;
      expect(error).toMatchObject({ code: 'upstream_error', status: 502, retryAfterSeconds: 1 });
      expect(error.message).toBe("Provider a did not accept the relay's credentials.");
      await lock('b');
      const both = (await begin({ providers: ['a', 'b'] }).outcome) as UpstreamFailed;
      expect(both.error.message).toBe("Each of the providers a, b did not accept the relay's credentials.");
      await takeDown('c');
      expect(codeOf(await begin({ providers: ['a', 'c'] }).outcome)).toBe('unavailable');
    });

    it('goes round what an operator took out of service, and says so', async () => {
      takeOut('a');
      relay.providers.script('b', succeeds);
      const { outcome, trace } = begin({ providers: ['a', 'b'] });
      expect(codeOf(await outcome)).toBe('completed');
      expect(attempts(trace)).toEqual(['a out_of_service', 'b ok']);
    });

    it('says that operators took all of them out of service, and tells nobody to wait until the end of that', async () => {
      takeOut('a', 'b');
      const { outcome, trace } = begin({ providers: ['a', 'b'] });
      const message = 'Every target of the plan was taken out of service by an operator; none is called at the moment.';
      expect(await outcome).toMatchObject({ error: { code: 'unavailable', message, retryAfterSeconds: 60 } });
      expect(attempts(trace)).toEqual(['a out_of_service', 'b out_of_service']);
    });

    it('tells both where some failed and operators took out the others', async () => {
      await takeDown('a');
      takeOut('b');
      const { error } = (await begin({ providers: ['a', 'b'] }).outcome) as UpstreamFailed;
      expect(error).toMatchObject({ code: 'unavailable', retryAfterSeconds: 1 });
      expect(error.message).toContain('failed too often lately or was taken out of service by an operator');
    });

    it('asks it when its time is up; who comes while it is tried goes elsewhere, and not into the line behind the trial', async () => {
      await takeDown('a');
      relay.clock.advance(1_000);
      const trial = relay.providers.script('a', () => new Promise(() => undefined));
      relay.providers.script('b', succeeds);
      begin({ providers: ['a', 'b'] });
      const second = begin({ providers: ['a', 'b'] });
      expect(codeOf(await second.outcome)).toBe('completed');
      expect(trial.calls).toHaveLength(1);
      expect(attempts(second.trace)).toEqual(['a breaker_open', 'b ok']);
      expect(relay.scheduler.asked).toEqual(['a', 'b']); // the trial holds the only slot of `a`
    });

    it('sends elsewhere who got a slot of it only when another was under way to find out', async () => {
      await takeDown('a');
      relay.clock.advance(1_000);
      relay.scheduler.free.set('a', 0);
      const { outcome, trace } = begin({ providers: ['a', 'b'] });
      void relay.monitor.call('a', 'up-a', () => new Promise(() => undefined));
      relay.providers.script('a', succeeds);
      relay.providers.script('b', succeeds);
      relay.scheduler.grant();
      expect(codeOf(await outcome)).toBe('completed');
      expect(attempts(trace)).toEqual(['a breaker_open', 'b ok']);
      expect(relay.scheduler.releases.map((release) => release.pool)).toEqual(['a', 'b']);
    });

    it('does not ask the same target again that its own failure took down', async () => {
      for (let i = 0; i < 4; i++) await relay.monitor.call('a', 'up-a', () => Promise.resolve(failure()));
      const client = relay.providers.script('a', fails);
      const { outcome } = begin({ maxAttempts: 3 });
      expect(codeOf(await outcome)).toBe('upstream_error'); // at once: no timer was needed
      expect(client.calls).toHaveLength(1);
      expect(relay.clock.pending).toBe(0);
    });
  });

  describe('within the budget for retries of each provider', () => {
    const retries = (trace: RequestTrace): unknown[] =>
      trace
        .toRecord('ok', 200, null, null)
        .stages.filter(([name]) => name === 'retry')
        .map(([, , , attributes]) => attributes);

    /** Requests whose first target fails; the second is another provider's. */
    async function failOver(count: number, budget = 0.2): Promise<RequestTrace[]> {
      const traces: RequestTrace[] = [];
      for (let i = 0; i < count; i++) {
        relay.providers.script('a', fails);
        relay.providers.script('b', succeeds);
        const { outcome, trace } = begin({ providers: ['a', 'b'], maxAttempts: 2, budget });
        await outcome;
        relay.monitor.reset('a'); // it is the budget that ends this, not the breaker
        traces.push(trace);
      }
      return traces;
    }

    it('moves on to another provider as often as that allows; then the failure stands, and the trace says why', async () => {
      const traces = await failOver(MIN_RETRIES + 1);
      expect(traces.filter((trace) => trace.attempts.at(-1)?.outcome === 'ok')).toHaveLength(MIN_RETRIES);
      const [last] = traces.slice(-1);
      expect(last && attempts(last)).toEqual(['a upstream_error']);
      expect(last && retries(last)).toEqual([{ provider: 'b', reason: 'retry_budget_exhausted' }]);
    });

    it('earns a share of a retry with each first call', async () => {
      relay.providers.script('b', succeeds);
      for (let i = 0; i < 10; i++) await begin({ providers: ['b'], budget: 0.2 }).outcome;
      const traces = await failOver(MIN_RETRIES + 3);
      expect(traces.filter((trace) => trace.attempts.at(-1)?.outcome === 'ok')).toHaveLength(MIN_RETRIES + 2);
    });

    it('asks the same target again only within it, and does not wait for what is not allowed', async () => {
      const client = relay.providers.script('a', fails);
      const { outcome, trace } = begin({ maxAttempts: 3, budget: 0 });
      expect(codeOf(await outcome)).toBe('upstream_error');
      expect(client.calls).toHaveLength(1);
      expect(retries(trace)).toEqual([{ provider: 'a', reason: 'retry_budget_exhausted' }]);
      expect(relay.clock.pending).toBe(0);
    });
  });

  it('bills a failed attempt that told its usage, beside the answer that came in the end', async () => {
    const usage = { inputTokens: 100, cachedInputTokens: 5, outputTokens: 7, reasoningTokens: 1 };
    relay.providers.script('a', () => Promise.resolve(failure({ usage })));
    relay.providers.script('b', succeeds);
    const { outcome, trace } = begin({ providers: ['a', 'b'] });
    await outcome;
    expect(trace.alsoBilled).toEqual([{ usage, costUsd: null, priceVersion: null }]);
    expect(trace.attempts).toMatchObject([
      { outcome: 'upstream_error', inputTokens: 100, outputTokens: 7 },
      { outcome: 'ok', inputTokens: 11, outputTokens: 3 },
    ]);
  });
});
