import { Module } from '@nestjs/common';
import { CacheModule, WarmingQueue, WarmingStore } from '@relay/cache';
import { PipelineModule } from '@relay/pipeline';
import { TraceModule } from '@relay/trace';
import { CacheMaintenance } from './cache-maintenance';
import { MaintenanceProcessor } from './maintenance.processor';
import { MaintenanceSchedule } from './maintenance.schedule';
import { Warmer } from './warming/warmer';
import { WarmingProcessor } from './warming/warming.processor';
import { WarmingRequests } from './warming/warming-requests';

/** Background work: BullMQ processors and their schedules. It asks models as well, for the cache. */
@Module({
  imports: [CacheModule, PipelineModule, TraceModule],
  providers: [
    CacheMaintenance,
    MaintenanceProcessor,
    MaintenanceSchedule,
    Warmer,
    WarmingProcessor,
    WarmingQueue,
    WarmingRequests,
    WarmingStore,
  ],
})
export class WorkerModule {}
