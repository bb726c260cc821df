import 'reflect-metadata';
import { ExactCache, Flights, OnceBook, Invalidations, OwnerDirectory, SemanticCache } from '@relay/cache';
import { ConfigStore, ENVIRONMENT, relayConfigSchema, type RelayConfig } from '@relay/config';
import { policyDocumentSchema, type ChatCompletionRequest, type DegradeStep } from '@relay/contracts';
import { Cancellation, CLOCK, type Principal } from '@relay/core';
import { REDIS, REDIS_OF_COUNTS, RedisConnections } from '@relay/database';
import { LIVE_SOURCE, type LiveSource, type Planned, PolicyService } from '@relay/policy';
import { TokenCounter } from '@relay/prompt';
import { BatchApis, Prices, ProviderRegistry, TargetMonitor } from '@relay/providers';
import { Admission, BudgetBook, Budgets, memoryBackend, Predictions, RateLimits, Scheduler } from '@relay/scheduler';
import { FakeClock } from '@relay/testing';
import { FeedbackLedger, KeySpend, Metrics, SpendLedger, Telemetry, TraceRecorder } from '@relay/trace';
import { type INestApplicationContext, Module, type Provider } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Accountant } from '../src/accountant';
import { CacheStage } from '../src/cache.stage';
import { CompletionService } from '../src/completion.service';
import { CountStage } from '../src/counting/count.stage';
import { AdmissionMetrics } from '../src/degrade/admission-metrics';
import { DegradeStage } from '../src/degrade/degrade.stage';
import { ElsewhereStage } from '../src/elsewhere/elsewhere.stage';
import { Doorkeeper } from '../src/door/doorkeeper';
import { OnceStage } from '../src/once/once.stage';
import { LoopMeter } from '../src/door/loop-meter';
import { COMPLETIONS } from '../src/internal/completions.port';
import { InternalRequests } from '../src/internal/internal-requests.service';
import { SemanticStage } from '../src/semantic.stage';
import { AnswerStage } from '../src/serving/answer.stage';
import { Fetcher } from '../src/serving/fetcher';
import { Revalidation } from '../src/serving/revalidation.service';
import type { Exchange } from '../src/exchange';
import { GuardStage } from '../src/guards/guard.stage';
import { LIMIT_PARTS } from '../src/limits/limit-parts';
import { Repeats } from '../src/repeats/repeats';
import { ReplyStage } from '../src/reply.stage';
import { SignalStage } from '../src/signal.stage';
import { UpstreamStage } from '../src/upstream.stage';
import { UPSTREAM_PARTS } from '../src/upstream/upstream-tools';
import {
  FakeProviders,
  FakeScheduler,
  type Journal,
  RecordingLedger,
  RecordingPredictions,
  RecordingRecorder,
  RecordingReply,
} from './recorders';

export const TRACE_ID = '0199aaaa-0000-7000-8000-00000000002a';

interface Settings {
  readonly defaults?: Record<string, unknown>;
  readonly rules?: readonly unknown[];
  readonly degrade?: readonly DegradeStep[];
  /** Models instead of `m`. */
  readonly models?: readonly unknown[];
  /** What relay.yaml says beside: tenants and their budgets, and so on. */
  readonly config?: object;
  /** `limits` of the providers, by id. */
  readonly limits?: Readonly<Record<string, object>>;
  /** What relay.yaml says of each provider beside. */
  readonly provider?: object;
  /** Base URLs of the providers `a` and `b`: they are called for real. Without them, `providers.script` says what clients do. */
  readonly upstreams?: readonly string[];
  /** What plans see of the running state; nothing without it. */
  readonly live?: LiveSource | undefined;
  /** Slots, lines and their clocks are those of the relay, in memory; `scheduler` of the harness then knows of nothing. */
  readonly realSlots?: boolean;
  /** The semantic cache; without it no plan may use one. */
  readonly semantic?: Partial<SemanticCache>;
}

/** Unless the test says otherwise one model, `m`, served by the providers `a` and `b`. */
function configOf({
  defaults = {},
  rules = [],
  degrade = [],
  models,
  upstreams = [],
  config = {},
  limits = {},
  provider = {},
}: Settings): RelayConfig {
  const providers = ['a', 'b', 'c'].map((id, i) => ({
    id,
    kind: 'openai',
    baseUrl: upstreams[i] ?? `http://127.0.0.1:9/${id}`,
    limits: limits[id] ?? {},
    ...provider,
  }));
  const targets = [
    { provider: 'a', model: 'up-a', weight: 1_000_000 },
    { provider: 'b', model: 'up-b', weight: 1 },
  ];
  const policy = policyDocumentSchema.parse({ name: 'test', version: 1, defaults, rules, degrade });
  return { ...relayConfigSchema.parse({ providers, models: models ?? [{ id: 'm', targets }], ...config }), policy };
}

export const PRINCIPAL: Principal = {
  tenant: { id: 'acme', weight: 1, tier: 'standard', tags: [], limits: {}, models: null },
  keyId: 'key-1',
  keyName: 'ci',
  scopes: ['inference'],
};

export interface Sent {
  readonly body?: object | string;
  readonly headers?: Record<string, string>;
  readonly principal?: Principal;
  /** Over a client's own connection. */
  readonly fromDoor?: boolean;
}

export const chat = (fields: object = {}): ChatCompletionRequest => ({
  model: 'm',
  messages: [{ role: 'user', content: 'Hello' }],
  ...fields,
});

/** The pipeline with everything real but time, slots, upstreams and the trace's store. */
export class PipelineHarness {
  readonly journal: Journal = [];
  readonly clock = new FakeClock();
  readonly scheduler = new FakeScheduler();
  readonly providers = new FakeProviders();
  readonly recorder = new RecordingRecorder(this.journal);
  readonly ledger = new RecordingLedger();
  readonly predictions = new RecordingPredictions();
  private context!: INestApplicationContext;

  static async start(settings: Settings = {}): Promise<PipelineHarness> {
    const harness = new PipelineHarness();
    harness.context = await NestFactory.createApplicationContext(harness.module(settings), {
      logger: false,
      abortOnError: false,
    });
    return harness;
  }

  get upstream(): UpstreamStage {
    return this.context.get(UpstreamStage);
  }

  get admission(): Admission {
    return this.context.get(Admission);
  }

  get monitor(): TargetMonitor {
    return this.context.get(TargetMonitor);
  }

  get metrics(): Metrics {
    return this.context.get(Metrics);
  }

  get cache(): ExactCache {
    return this.context.get(ExactCache);
  }

  get policies(): PolicyService {
    return this.context.get(PolicyService);
  }

  get rates(): RateLimits {
    return this.context.get(RateLimits);
  }

  get repeats(): Repeats {
    return this.context.get(Repeats);
  }

  get internalRequests(): InternalRequests {
    return this.context.get(InternalRequests);
  }

  get invalidations(): Invalidations {
    return this.context.get(Invalidations);
  }

  get service(): CompletionService {
    return this.context.get(CompletionService);
  }

  exchange({ body = chat(), headers = {}, principal = PRINCIPAL, fromDoor = false }: Sent = {}): Exchange & {
    readonly reply: RecordingReply;
    readonly signal: Cancellation;
  } {
    const reply = new RecordingReply(this.journal);
    return {
      operation: 'chat',
      endpoint: '/v1/chat/completions',
      requestId: 'req-1',
      traceId: TRACE_ID,
      receivedAt: this.clock.now(),
      startedAt: this.clock.monotonic(),
      authMs: 0,
      principal,
      headers,
      body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
      signal: new Cancellation(),
      reply,
      fromDoor,
    };
  }

  /** What the policy makes of a plain request. */
  planned(): Planned {
    const body = chat();
    const planned = this.context.get(PolicyService).plan({
      operation: 'chat',
      body,
      bodyBytes: JSON.stringify(body).length,
      headers: { tags: [] },
      principal: PRINCIPAL,
      at: this.clock.now(),
      seed: 0,
    });
    if (!planned.ok) throw planned.error;
    return planned.value;
  }

  /** Sends one request and gives what the client got. */
  async send(sent: Sent = {}): Promise<RecordingReply> {
    const exchange = this.exchange(sent);
    await this.service.complete(exchange);
    return exchange.reply;
  }

  close(): Promise<void> {
    return this.context.close();
  }

  private module(settings: Settings): new () => object {
    const fakes: Provider[] = [
      { provide: CLOCK, useValue: this.clock },
      { provide: ConfigStore, useValue: new ConfigStore(configOf(settings), 'relay.yaml') },
      { provide: ENVIRONMENT, useValue: {} },
      { provide: REDIS, useValue: null },
      { provide: REDIS_OF_COUNTS, useValue: null },
      { provide: RedisConnections, useValue: { createSubscriber: () => null, createPublisher: () => null } },
      { provide: SemanticCache, useValue: { mayEmbed: () => true, served: () => undefined, ...settings.semantic } },
      settings.realSlots
        ? {
            provide: Scheduler,
            useFactory: (config: ConfigStore) => new Scheduler(config, this.clock, () => 0, memoryBackend(this.clock)),
            inject: [ConfigStore],
          }
        : { provide: Scheduler, useValue: this.scheduler },
      { provide: Predictions, useValue: this.predictions },
      {
        provide: Admission,
        useFactory: (scheduler: Scheduler, predictions: Predictions) =>
          new Admission(scheduler, predictions, this.clock, () => 0),
        inject: [Scheduler, Predictions],
      },
      settings.upstreams ? ProviderRegistry : { provide: ProviderRegistry, useValue: this.providers },
      { provide: TraceRecorder, useValue: this.recorder },
      { provide: FeedbackLedger, useValue: this.ledger },
      { provide: SpendLedger, useValue: { storedUsd: () => null, storedTodayUsd: () => null } },
      {
        provide: KeySpend,
        useValue: { watch: () => undefined, readNew: () => Promise.resolve(), storedUsd: () => null },
      },
      { provide: COMPLETIONS, useExisting: CompletionService },
      { provide: LIVE_SOURCE, useValue: settings.live ?? null },
    ];
    const stages = [
      ...[
        PolicyService,
        Metrics,
        Telemetry,
        GuardStage,
        ...LIMIT_PARTS,
        RateLimits,
        BudgetBook,
        Budgets,
        ExactCache,
        Invalidations,
        OwnerDirectory,
        Flights,
        CacheStage,
        SemanticStage,
        DegradeStage,
        ElsewhereStage,
        BatchApis,
        Doorkeeper,
        LoopMeter,
        OnceStage,
        OnceBook,
        AdmissionMetrics,
        InternalRequests,
        Revalidation,
        Fetcher,
        AnswerStage,
        Repeats,
        TokenCounter,
        Accountant,
        SignalStage,
        TargetMonitor,
        Prices,
        CountStage,
      ],
      ...[...UPSTREAM_PARTS, UpstreamStage, ReplyStage, CompletionService],
    ];
    @Module({ providers: [...fakes, ...stages] })
    class HarnessModule {}
    return HarnessModule;
  }
}
