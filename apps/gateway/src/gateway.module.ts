import { Module } from '@nestjs/common';
import { AuthModule } from '@relay/auth';
import { PipelineModule } from '@relay/pipeline';
import { ProvidersModule } from '@relay/providers';
import { TraceModule } from '@relay/trace';
import { ChatController } from './http/chat.controller';
import { DataPlaneServer } from './http/data-plane.server';
import { FeedbackController } from './http/feedback.controller';
import { InFlight } from './http/in-flight';
import { ModelsController } from './http/models.controller';

/** The data plane: `/v1/*`. */
@Module({
  imports: [AuthModule, PipelineModule, ProvidersModule, TraceModule],
  providers: [DataPlaneServer, InFlight, ChatController, ModelsController, FeedbackController],
  exports: [InFlight],
})
export class GatewayModule {}
