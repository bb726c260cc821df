import type { SemanticVerdict } from '@relay/cache';
import { degradeStepSchema, HEADERS, type DegradeStep, type ExecutionPlan } from '@relay/contracts';
import { completionJson } from '@relay/testing';
import { completed, streams, succeeds } from '../../test/outcomes';
import { chat, PipelineHarness, PRINCIPAL } from '../../test/pipeline-harness';
import type { RecordingReply, ScriptedClient } from '../../test/recorders';

const ALL: readonly DegradeStep[] = degradeStepSchema.options;
const HOUR_MS = 3_600_000;
const DEADLINE_MS = 120_000;
/** Of a pool where nobody is in time. */
const TOO_LONG_MS = 10 * DEADLINE_MS;
const CUT_TOKENS = 512;
const OTHER_TRACE_ID = '0199aaaa-0000-7000-8000-00000000002b';

const MODELS = [
  { id: 'big', targets: [{ provider: 'a', model: 'up-big' }], price: { inputPerMTok: 10, outputPerMTok: 10 } },
  { id: 'small', targets: [{ provider: 'b', model: 'up-small' }], price: { inputPerMTok: 1, outputPerMTok: 1 } },
];
const auto = (fields: object = {}): object => chat({ model: 'auto', ...fields });

describe('under load', () => {
  let relay: PipelineHarness;
  let big: ScriptedClient;
  let small: ScriptedClient;
  afterEach(() => relay.close());

  const start = async (settings: Parameters<typeof PipelineHarness.start>[0] = {}): Promise<void> => {
    const { defaults, ...others } = settings;
    relay = await PipelineHarness.start({
      models: MODELS,
      degrade: ALL,
      defaults: { deadlineMs: DEADLINE_MS, retries: { maxAttempts: 1, fallbacks: 0 }, ...defaults },
      ...others,
    });
    big = relay.providers.script('a', succeeds);
    small = relay.providers.script('b', succeeds);
  };

  /** Every answer of the target took so long, and had so many tokens. */
  const taught = (target: string, serviceMs: number, outputTokens = 1_000): void => {
    const question = { target, task: '', inputTokens: 10, maxTokens: null };
    for (let i = 0; i < 60; i++) {
      relay.predictions.observe(
        question,
        { ttftMs: null, outputTokens, serviceMs },
        relay.predictions.predict(question),
      );
    }
  };
  const degraded = ({ headers }: RecordingReply): string | undefined => headers[HEADERS.degraded];
  const admission = (): unknown => relay.recorder.records.at(-1)?.stages.find(([name]) => name === 'admission')?.[3];

  describe('nothing is given up', () => {
    it('where a slot is free, however little time there is', async () => {
      await start({ defaults: { deadlineMs: 50 } });
      taught('a up-big', 10_000);
      const reply = await relay.send({ body: auto() });
      expect([reply.status, degraded(reply), big.calls.length]).toEqual([200, undefined, 1]);
      expect(admission()).toBeUndefined();
    });

    it('where the wait fits the deadline, though nothing is known of the answer', async () => {
      await start();
      relay.scheduler.waits.set('a', DEADLINE_MS / 2);
      const reply = await relay.send({ body: auto() });
      expect([reply.status, degraded(reply), big.calls.length]).toEqual([200, undefined, 1]);
      expect(admission()).toMatchObject({ verdict: 'admitted', waitMs: 60_000, serviceP90Ms: null, ratio: 0.55 });
    });

    it('where the answer is in the cache', async () => {
      await start();
      await relay.send({ body: auto() });
      relay.scheduler.waits.set('a', TOO_LONG_MS);
      const reply = await relay.send({ body: auto() });
      expect([reply.headers[HEADERS.cache], degraded(reply)]).toEqual(['exact-l1', undefined]);
    });

    it('where another provider of the same model has room', async () => {
      await start({ models: undefined, defaults: { retries: { fallbacks: 1 } } });
      relay.scheduler.waits.set('a', TOO_LONG_MS);
      const reply = await relay.send({ body: chat() });
      expect([reply.headers[HEADERS.provider], degraded(reply), reply.status]).toEqual(['b', undefined, 200]);
      expect(big.calls).toHaveLength(0);
    });
  });

  describe('a cheaper model', () => {
    it('answers alone, and the reply, the trace and the plan say so', async () => {
      await start();
      relay.scheduler.waits.set('a', TOO_LONG_MS);
      const reply = await relay.send({ body: auto(), headers: { [HEADERS.explain]: '1' } });
      expect([reply.status, degraded(reply), reply.headers[HEADERS.model]]).toEqual([
        200,
        'cheaper-model:small',
        'small',
      ]);
      expect(big.calls).toHaveLength(0);
      expect(relay.recorder.records[0]).toMatchObject({ degraded: ['cheaper-model:small'], servedModel: 'small' });
      expect(admission()).toMatchObject({ verdict: 'admitted', waitMs: TOO_LONG_MS, ratio: 11, 'cheaper-model': 0 });
      const { plan, decisions } = reply.json['relay'] as {
        plan: ExecutionPlan;
        decisions: { rule: string; changed: string[] }[];
      };
      expect(plan.route.candidates.map(({ model }) => model)).toEqual(['small']);
      expect(decisions.at(-1)).toMatchObject({ rule: 'load', changed: ['route.candidates'] });
      expect(relay.recorder.records[0]?.predicted).toMatchObject({ quality: null, costUsd: null }); // they were big's
    });

    it('trap 41: leaves its answer to nobody who asks later', async () => {
      await start();
      relay.scheduler.waits.set('a', TOO_LONG_MS);
      const eased = await relay.send({ body: auto() });
      relay.scheduler.waits.clear();
      const whole = await relay.send({ body: auto() });
      expect([whole.headers[HEADERS.cache], whole.headers[HEADERS.model], degraded(whole)]).toEqual([
        'miss',
        'big',
        undefined,
      ]);
      expect(whole.headers[HEADERS.plan]).not.toBe(eased.headers[HEADERS.plan]);
    });

    it('never answers for the model that an app named', async () => {
      await start();
      relay.scheduler.waits.set('a', TOO_LONG_MS);
      const reply = await relay.send({ body: chat({ model: 'big' }) });
      expect([reply.status, small.calls.length]).toEqual([429, 0]);
    });

    it('is told to everybody who shares the answer at that moment', async () => {
      await start();
      relay.scheduler.waits.set('a', TOO_LONG_MS);
      const together = await Promise.all([1, 2, 3].map(() => relay.send({ body: auto() })));
      expect(together.map(degraded)).toEqual(Array(3).fill('cheaper-model:small'));
      expect(small.calls).toHaveLength(1);
      expect(relay.recorder.records.map((record) => record.degraded)).toEqual(Array(3).fill(['cheaper-model:small']));
    });

    it('is told to everybody who shares a stream', async () => {
      await start();
      small = relay.providers.script('b', streams);
      relay.scheduler.waits.set('a', TOO_LONG_MS);
      const pilot = relay.exchange({ body: auto({ stream: true }) });
      const follower = { ...relay.exchange({ body: auto({ stream: true }) }), traceId: OTHER_TRACE_ID };
      await Promise.all([relay.service.complete(pilot), relay.service.complete(follower)]);
      const together = [pilot.reply, follower.reply];
      expect(together.map(degraded)).toEqual(Array(2).fill('cheaper-model:small'));
      expect(small.calls).toHaveLength(1);
    });
  });

  describe('an answer', () => {
    const strain = async (fields: object = {}): Promise<RecordingReply> => {
      await start({ degrade: ['shorter-answer'] });
      taught('a up-big', 100_000); // 100 ms a token
      relay.scheduler.waits.set('a', DEADLINE_MS / 2);
      return relay.send({ body: auto(fields) });
    };

    it('is cut no shorter than it must', async () => {
      const reply = await strain();
      expect([reply.status, degraded(reply)]).toEqual([200, `shorter-answer:${CUT_TOKENS}`]);
      expect(big.calls[0]?.patch).toMatchObject({ max_tokens: CUT_TOKENS });
    });

    it('is cut under the name by which the app asked for its length', async () => {
      await strain({ max_completion_tokens: 2_000 });
      expect(big.calls[0]?.patch).toMatchObject({ max_completion_tokens: CUT_TOKENS });
    });

    it.each([
      ['short enough as it was asked for', { max_tokens: 100 }, 200],
      ['JSON', { response_format: { type: 'json_object' } }, 429],
      ['a call of tools', { tools: [{ type: 'function', function: { name: 'f' } }] }, 429],
    ])('is never cut that is %s', async (_what, fields, status) => {
      const reply = await strain(fields);
      expect([reply.status, degraded(reply)]).toEqual([status, undefined]);
    });
  });

  describe('the cache', () => {
    it('serves what is past its time, and nobody asks for it anew meanwhile', async () => {
      await start({ degrade: ['looser-cache'], defaults: { cache: { exact: { ttl: '1h' } } } });
      await relay.send({ body: auto() });
      relay.clock.advance(HOUR_MS + 60_000);
      relay.scheduler.waits.set('a', TOO_LONG_MS);
      const reply = await relay.send({ body: auto() });
      expect([reply.status, reply.headers[HEADERS.cache], degraded(reply)]).toEqual([
        200,
        'exact-l1',
        'looser-cache:stale',
      ]);
      expect(reply.headers['age']).toBe('3660');
      relay.scheduler.waits.clear();
      expect((await relay.send({ body: auto() })).headers[HEADERS.cache]).toBe('miss'); // with room it is asked for as ever
      expect(big.calls).toHaveLength(2);
    });

    it('does not serve what is past its time by more than its time, or older than the client takes', async () => {
      await start({ degrade: ['looser-cache'], defaults: { cache: { exact: { ttl: '1m' } } } });
      await relay.send({ body: auto() });
      relay.clock.advance(90_000);
      relay.scheduler.waits.set('a', TOO_LONG_MS);
      const choosy = await relay.send({ body: auto(), headers: { 'cache-control': 'max-age=60' } });
      expect(choosy.status).toBe(429);
      expect((await relay.send({ body: auto() })).status).toBe(200);
      relay.clock.advance(30_000);
      expect((await relay.send({ body: auto() })).status).toBe(429);
    });

    const nearMiss = (similarity: number, minSimilarity: number | null = null): SemanticVerdict => ({
      reason: 'below_threshold',
      hit: null,
      rivals: () => [],
      candidate: {
        ...{ entryId: 'entry-1', answerId: 'entry-1', exactKey: 'k', similarity, score: 0.5, record: null },
        ...{ prompt: 'Hello there', minSimilarity },
        answer: {
          ...{
            body: Buffer.from(JSON.stringify(completionJson('Hi'))),
            status: 200,
            errorCode: null,
            epoch: 0,
            labels: [],
          },
          ...{
            createdAt: relay.clock.now(),
            expiresAt: relay.clock.now() + HOUR_MS,
            staleUntil: relay.clock.now() + HOUR_MS,
          },
          ...{
            sourceTraceId: 't',
            servedModel: 'big',
            provider: 'a',
            inputTokens: 1,
            cachedInputTokens: 0,
            outputTokens: 1,
          },
          ...{ costUsd: null, ttftMs: null, tookMs: 5 },
        },
      },
      ...{ objections: [], guarded: null, threshold: 0.92, embedderId: 'e', vector: null },
    });

    it.each([
      ['a little less alike than the threshold', 'static', 0.9, null, 'looser-cache:similar'],
      ['beside a nearer one that a guard keeps back', 'static', 0.9, null, 'looser-cache:similar', 'guarded'],
      ['far less alike', 'static', 0.85, null, undefined],
      ['that was wrong once', 'static', 0.9, 0.95, undefined],
      ['where a share of errors is promised', 'verified', 0.9, null, undefined],
      ['where a verifier would have to be asked', 'validated', 0.9, null, undefined],
    ])(
      'serves a similar answer or not: %s, %s',
      async (_what, mode, similarity, minSimilarity, expected, reason = 'below_threshold') => {
        const verdict = { ...nearMiss(similarity, minSimilarity), reason } as SemanticVerdict;
        const lookUp = () => Promise.resolve(verdict);
        const judge = mode === 'validated' ? { judge: { kind: 'llm', model: 'small' } } : {};
        await start({
          degrade: ['looser-cache'],
          defaults: { cache: { semantic: { mode, ...judge } } },
          semantic: { mayServe: () => true, mayEmbed: () => true, lookUp, learn: () => undefined },
        });
        relay.scheduler.waits.set('a', TOO_LONG_MS);
        const reply = await relay.send({ body: auto() });
        expect([reply.status, degraded(reply)]).toEqual([expected ? 200 : 429, expected]);
        expect(reply.headers[HEADERS.cache]).toBe(expected ? 'semantic' : 'miss');
      },
    );
  });

  describe('a refusal', () => {
    it('comes at once, names the limiter and says when to come back', async () => {
      await start({ degrade: [] });
      taught('a up-big', 10_000);
      relay.scheduler.waits.set('a', DEADLINE_MS + 1);
      const reply = await relay.send({ body: auto(), headers: { [HEADERS.deadlineMs]: '20000' } });
      expect([reply.status, reply.headers['retry-after']]).toEqual([429, '60']);
      expect(reply.json).toMatchObject({ error: { code: 'overloaded', type: 'rate_limit_error' } });
      expect(reply.text).toContain('Try again after the time in Retry-After');
      expect(big.calls).toHaveLength(0);
      expect(relay.recorder.records[0]).toMatchObject({ status: 'rejected', degraded: [] });
      const predicted = relay.recorder.records[0]?.predicted;
      expect(predicted).toMatchObject({ waitMs: DEADLINE_MS + 1, inputTokens: expect.any(Number) as number });
      expect(predicted?.['serviceP90Ms']).toBeCloseTo(10_000, -3);
      expect(admission()).toMatchObject({ verdict: 'refused', leftMs: 20_000 });
    });

    it('is for want of time where the deadline is over, which trying again does not help', async () => {
      await start();
      const exchange = relay.exchange({ body: auto(), headers: { [HEADERS.deadlineMs]: '10' } });
      relay.clock.advance(10);
      await relay.service.complete(exchange);
      expect([exchange.reply.status, exchange.reply.headers['retry-after']]).toEqual([504, undefined]);
      expect(exchange.reply.text).toContain(HEADERS.deadlineMs);
      expect(big.calls).toHaveLength(0);
    });

    it('of one leaves others who ask the same, and have more time, to try', async () => {
      const nothing: SemanticVerdict = {
        ...{ reason: 'no_neighbour', hit: null, candidate: null, rivals: () => [], objections: [], guarded: null },
        ...{ threshold: null, embedderId: null, vector: null },
      };
      const lookUp = () => Promise.resolve(nothing);
      const semantic = { mayServe: () => true, mayEmbed: () => true, lookUp, learn: () => undefined };
      await start({ degrade: [], defaults: { cache: { semantic: { mode: 'static' } } }, semantic });
      relay.scheduler.waits.set('a', 10_000);
      const send = (deadlineMs: number): Promise<RecordingReply> =>
        relay.send({ body: auto(), headers: { [HEADERS.deadlineMs]: String(deadlineMs) } });
      const [hurried, patient] = await Promise.all([send(9_000), send(90_000)]);
      expect([hurried.status, patient.status, big.calls.length]).toEqual([429, 200, 1]);
    });

    it('meets work of the level batch while people are let in', async () => {
      await start({ degrade: ['shed-batch'] });
      relay.scheduler.waits.set('a', 10_000);
      const send = (priority: string, deadlineMs: number): Promise<RecordingReply> =>
        relay.send({
          body: auto({ user: `${priority} ${deadlineMs}` }),
          headers: {
            [HEADERS.priority]: priority,
            [HEADERS.deadlineMs]: String(deadlineMs),
            'cache-control': 'no-cache',
          },
        });
      expect((await send('batch', 100_000)).status).toBe(200); // nobody is late yet
      expect((await send('interactive', 9_000)).status).toBe(429);
      const shed = await send('batch', 100_000);
      expect([shed.status, degraded(shed), shed.headers['retry-after']]).toEqual([429, 'shed-batch', '10']);
      expect((await send('interactive', 100_000)).status).toBe(200);
      expect((await send('standard', 100_000)).status).toBe(200);
      relay.scheduler.waits.set('a', 0);
      expect((await send('batch', 100_000)).status).toBe(200); // a slot is free
      relay.scheduler.waits.set('a', 10_000);
      relay.clock.advance(5_000);
      expect((await send('batch', 100_000)).status).toBe(200); // the gate has opened again
    });

    it('meets what the relay asks ahead of need rather than a lesser answer', async () => {
      await start();
      relay.scheduler.waits.set('a', TOO_LONG_MS);
      const reply = await relay.internalRequests.ask({ principal: PRINCIPAL, body: auto(), purpose: 'warm' });
      expect(reply.ok && reply.value.status).toBe(429);
      expect(small.calls).toHaveLength(0);
    });
  });

  it('is counted by what became of requests', async () => {
    await start({ defaults: { cache: { exact: { enabled: false } } } });
    await relay.send({ body: auto() });
    relay.scheduler.waits.set('a', TOO_LONG_MS);
    await relay.send({ body: auto() });
    await relay.send({ body: chat({ model: 'big' }) });
    const text = await relay.metrics.render();
    for (const outcome of ['admitted', 'cheaper-model', 'refused_late']) {
      expect(text).toContain(`relay_admission_total{pool="a",outcome="${outcome}"} 1`);
    }
    expect(text).toContain('relay_degrading{pool="a"} 1');
  });

  it('does not let it count against the model that its answer was cut', async () => {
    const cut = () => Promise.resolve(completed({ finishReason: 'length' }));
    const defaults = { route: { strategy: 'bandit' } };
    await start({ degrade: ['shorter-answer'], models: MODELS.slice(0, 1), defaults });
    taught('a up-big', 100_000);
    relay.providers.script('a', cut);
    relay.scheduler.waits.set('a', DEADLINE_MS / 2);
    expect(degraded(await relay.send({ body: auto() }))).toBe(`shorter-answer:${CUT_TOKENS}`);
    expect(relay.ledger.signals).toEqual([]);
    relay.scheduler.waits.clear();
    await relay.send({ body: auto() });
    expect(relay.ledger.signals).toHaveLength(1);
  });
});
