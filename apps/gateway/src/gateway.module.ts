import { Module } from '@nestjs/common';
import { AuthModule } from '@relay/auth';
import { PipelineModule } from '@relay/pipeline';
import { ProvidersModule } from '@relay/providers';
import { ChatController } from './http/chat.controller';
import { DataPlaneServer } from './http/data-plane.server';
import { InFlight } from './http/in-flight';
import { ModelsController } from './http/models.controller';

/** The data plane: `/v1/*`. */
@Module({
  imports: [AuthModule, PipelineModule, ProvidersModule],
  providers: [DataPlaneServer, InFlight, ChatController, ModelsController],
  exports: [InFlight],
})
export class GatewayModule {}
