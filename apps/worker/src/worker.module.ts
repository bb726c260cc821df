import { Module } from '@nestjs/common';
import { AlertsModule } from '@relay/alerts';
import { AuditLog, AuthModule } from '@relay/auth';
import { BatchesModule } from '@relay/batches';
import { CacheModule, InvalidationQueue, WarmingQueue, WarmingStore } from '@relay/cache';
import { PipelineModule } from '@relay/pipeline';
import {
  AUDIT_TRAIL,
  CanaryGuard,
  CanarySumsReader,
  PolicyCanaries,
  PolicyDrafts,
  PolicyModule,
  PolicyReleases,
} from '@relay/policy';
import { ProvidersModule } from '@relay/providers';
import { ResponsesModule } from '@relay/responses';
import { SchedulerModule } from '@relay/scheduler';
import { TraceModule } from '@relay/trace';
import { AlertWatch } from './alerts/alert-watch';
import { AnswerWriter } from './batches/answer-writer';
import { BatchLane } from './batches/batch-lane';
import { BatchMaintenance } from './batches/batch-maintenance';
import { BatchMetrics } from './batches/batch-metrics';
import { BatchProcessor } from './batches/batch.processor';
import { LeaseKeeper } from './batches/lease-keeper';
import { LineAsker } from './batches/line-asker';
import { HandingIn } from './batches/offload/handing-in';
import { OffloadRound } from './batches/offload/offload-round';
import { OffloadedLines } from './batches/offload/offloaded-lines';
import { OwedBatches } from './batches/offload/owed';
import { RestingModels } from './batches/resting-models';
import { CacheMaintenance } from './cache-maintenance';
import { InvalidationProcessor } from './invalidating/invalidation.processor';
import { Remover } from './invalidating/remover';
import { LineBody } from './batches/line-body';
import { MaintenanceProcessor } from './maintenance.processor';
import { MaintenanceSchedule } from './maintenance.schedule';
import { PatientEnd } from './responses/patient-end';
import { ResponseAsker } from './responses/response-asker';
import { ResponseMaker } from './responses/response-maker';
import { ResponsesProcessor } from './responses/responses.processor';
import { BudgetRound } from './usage/budget-round';
import { UsageUpkeep } from './usage/usage-upkeep';
import { Warmer } from './warming/warmer';
import { WarmingProcessor } from './warming/warming.processor';
import { WarmingRequests } from './warming/warming-requests';

/** Background work: BullMQ processors and their schedules. It asks models as well, for the cache. */
@Module({
  imports: [
    AlertsModule,
    AuthModule,
    BatchesModule,
    CacheModule,
    PipelineModule,
    PolicyModule,
    ProvidersModule,
    ResponsesModule,
    SchedulerModule,
    TraceModule,
  ],
  providers: [
    AlertWatch,
    AnswerWriter,
    BatchLane,
    BatchMaintenance,
    BatchMetrics,
    BatchProcessor,
    CacheMaintenance,
    CanaryGuard,
    CanarySumsReader,
    HandingIn,
    InvalidationProcessor,
    InvalidationQueue,
    LeaseKeeper,
    LineAsker,
    LineBody,
    MaintenanceProcessor,
    MaintenanceSchedule,
    OffloadRound,
    OffloadedLines,
    OwedBatches,
    PatientEnd,
    PolicyCanaries,
    PolicyDrafts,
    PolicyReleases,
    Remover,
    { provide: AUDIT_TRAIL, useExisting: AuditLog },
    ResponseAsker,
    ResponseMaker,
    ResponsesProcessor,
    BudgetRound,
    UsageUpkeep,
    RestingModels,
    Warmer,
    WarmingProcessor,
    WarmingQueue,
    WarmingRequests,
    WarmingStore,
  ],
})
export class WorkerModule {}
