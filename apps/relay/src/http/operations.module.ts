import { Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { TraceModule } from '@relay/trace';
import { HealthController } from './health.controller';
import { MetricsController } from './metrics.controller';
import { Readiness } from './readiness';
import { StoreHealth } from './store-health';

/** Health and metrics: every process has them, whatever its roles. */
@Module({
  imports: [TerminusModule, TraceModule],
  controllers: [HealthController, MetricsController],
  providers: [Readiness, StoreHealth],
  exports: [Readiness],
})
export class OperationsModule {}
