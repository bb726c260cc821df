import { Module } from '@nestjs/common';
import { CacheModule } from '@relay/cache';
import { PolicyModule } from '@relay/policy';
import { TokenCounter } from '@relay/prompt';
import { Preheater, ProvidersModule } from '@relay/providers';
import { SchedulerModule } from '@relay/scheduler';
import { TraceModule } from '@relay/trace';
import { Accountant } from './accountant';
import { CacheStage } from './cache.stage';
import { CompletionService } from './completion.service';
import { GuardStage } from './guards/guard.stage';
import { LiveModule } from './live/live.module';
import { PolicyMetrics } from './policy-metrics';
import { ReplyStage } from './reply.stage';
import { SignalStage } from './signal.stage';
import { SlotMetrics } from './slot-metrics';
import { TargetMetrics } from './target-metrics';
import { UpstreamStage } from './upstream.stage';
import { UPSTREAM_PARTS } from './upstream/upstream-tools';

@Module({
  imports: [LiveModule, PolicyModule, CacheModule, SchedulerModule, ProvidersModule, TraceModule],
  providers: [
    CompletionService,
    GuardStage,
    CacheStage,
    UpstreamStage,
    ...UPSTREAM_PARTS,
    ReplyStage,
    SignalStage,
    Accountant,
    TokenCounter,
    SlotMetrics,
    PolicyMetrics,
    TargetMetrics,
    Preheater,
  ],
  exports: [CompletionService],
})
export class PipelineModule {}
