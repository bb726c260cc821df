import { Module } from '@nestjs/common';
import { AuthModule } from '@relay/auth';
import { PipelineModule } from '@relay/pipeline';
import { ProvidersModule } from '@relay/providers';
import { ChatController } from './http/chat.controller';
import { DataPlaneRoutes } from './http/data-plane.routes';
import { InFlight } from './http/in-flight';
import { Incoming } from './http/incoming';
import { ModelsController } from './http/models.controller';

/** The data plane: `/v1/*`. */
@Module({
  imports: [AuthModule, PipelineModule, ProvidersModule],
  providers: [DataPlaneRoutes, Incoming, InFlight, ChatController, ModelsController],
  exports: [InFlight],
})
export class GatewayModule {}
