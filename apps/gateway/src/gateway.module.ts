import { Module } from '@nestjs/common';
import { AuthModule } from '@relay/auth';
import { CacheModule } from '@relay/cache';
import { PipelineModule } from '@relay/pipeline';
import { ProvidersModule } from '@relay/providers';
import { TraceModule } from '@relay/trace';
import { BadHitFeedback } from './http/bad-hit-feedback';
import { InferenceController } from './http/inference.controller';
import { DataPlaneServer } from './http/data-plane.server';
import { FeedbackController } from './http/feedback.controller';
import { InFlight } from './http/in-flight';
import { ModelsController } from './http/models.controller';

/** The data plane: `/v1/*`. */
@Module({
  imports: [AuthModule, CacheModule, PipelineModule, ProvidersModule, TraceModule],
  providers: [DataPlaneServer, InFlight, InferenceController, ModelsController, FeedbackController, BadHitFeedback],
  exports: [InFlight],
})
export class GatewayModule {}
