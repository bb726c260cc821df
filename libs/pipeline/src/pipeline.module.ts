import { Module } from '@nestjs/common';
import { AuthModule } from '@relay/auth';
import { AnswerJudge, CacheModule, MODEL_ASKER, SemanticCache } from '@relay/cache';
import { PolicyModule } from '@relay/policy';
import { TokenCounter } from '@relay/prompt';
import { Preheater, ProvidersModule } from '@relay/providers';
import { ResponsesModule } from '@relay/responses';
import { SchedulerModule } from '@relay/scheduler';
import { TraceModule } from '@relay/trace';
import { Accountant } from './accountant';
import { CacheMetrics } from './cache-metrics';
import { CacheStage } from './cache.stage';
import { CompletionService } from './completion.service';
import { AdmissionMetrics } from './degrade/admission-metrics';
import { DeferredRequests } from './deferred/deferred-requests.service';
import { CountStage } from './counting/count.stage';
import { DegradeStage } from './degrade/degrade.stage';
import { Doorkeeper } from './door/doorkeeper';
import { LoopMeter } from './door/loop-meter';
import { ElsewhereStage } from './elsewhere/elsewhere.stage';
import { GuardStage } from './guards/guard.stage';
import { COMPLETIONS } from './internal/completions.port';
import { InternalRequests } from './internal/internal-requests.service';
import { PipelineModelAsker } from './internal/model-asker';
import { LIMIT_PARTS } from './limits/limit-parts';
import { LiveModule } from './live/live.module';
import { PolicyMetrics } from './policy-metrics';
import { PredictionMetrics } from './prediction-metrics';
import { OnceStage } from './once/once.stage';
import { Repeats } from './repeats/repeats';
import { ReplyStage } from './reply.stage';
import { ResponsesMetrics } from './responses-metrics';
import { SemanticStage } from './semantic.stage';
import { AnswerStage } from './serving/answer.stage';
import { Fetcher } from './serving/fetcher';
import { Revalidation } from './serving/revalidation.service';
import { SignalStage } from './signal.stage';
import { SlotMetrics } from './slot-metrics';
import { TargetMetrics } from './target-metrics';
import { UpstreamStage } from './upstream.stage';
import { UPSTREAM_PARTS } from './upstream/upstream-tools';

@Module({
  imports: [
    AuthModule,
    LiveModule,
    PolicyModule,
    CacheModule,
    SchedulerModule,
    ProvidersModule,
    ResponsesModule,
    TraceModule,
  ],
  providers: [
    CompletionService,
    GuardStage,
    ...LIMIT_PARTS,
    CacheStage,
    SemanticStage,
    DegradeStage,
    ElsewhereStage,
    Doorkeeper,
    LoopMeter,
    OnceStage,
    SemanticCache,
    AnswerJudge,
    { provide: MODEL_ASKER, useClass: PipelineModelAsker },
    InternalRequests,
    DeferredRequests,
    { provide: COMPLETIONS, useExisting: CompletionService },
    Revalidation,
    Fetcher,
    Repeats,
    AnswerStage,
    CountStage,
    UpstreamStage,
    ...UPSTREAM_PARTS,
    ReplyStage,
    SignalStage,
    Accountant,
    TokenCounter,
    SlotMetrics,
    AdmissionMetrics,
    CacheMetrics,
    PolicyMetrics,
    ResponsesMetrics,
    PredictionMetrics,
    TargetMetrics,
    Preheater,
  ],
  exports: [CompletionService, DeferredRequests, InternalRequests],
})
export class PipelineModule {}
