import { Global, Module } from '@nestjs/common';
import { LIVE_SOURCE } from '@relay/policy';
import { ProvidersModule } from '@relay/providers';
import { SchedulerModule } from '@relay/scheduler';
import { TraceModule } from '@relay/trace';
import { LiveFigures } from './live-figures.service';

/** Global, because the policy finds its live source without importing those who feed it. */
@Global()
@Module({
  imports: [ProvidersModule, SchedulerModule, TraceModule],
  providers: [LiveFigures, { provide: LIVE_SOURCE, useExisting: LiveFigures }],
  exports: [LIVE_SOURCE],
})
export class LiveModule {}
