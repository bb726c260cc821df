import { Module } from '@nestjs/common';
import { AuthModule } from '@relay/auth';
import { BatchesModule } from '@relay/batches';
import { CacheModule } from '@relay/cache';
import { PipelineModule } from '@relay/pipeline';
import { PolicyModule } from '@relay/policy';
import { ProvidersModule } from '@relay/providers';
import { ResponsesModule } from '@relay/responses';
import { TraceModule } from '@relay/trace';
import { BatchesController } from './http/batches/batches.controller';
import { FilesController } from './http/files/files.controller';
import { BadHitFeedback } from './http/bad-hit-feedback';
import { InferenceController } from './http/inference.controller';
import { DataPlaneServer } from './http/data-plane.server';
import { FeedbackController } from './http/feedback.controller';
import { InFlight } from './http/in-flight';
import { ModelsController } from './http/models.controller';
import { KeptStream } from './http/responses/kept-stream';
import { ResponseDoor } from './http/responses/response-door';
import { ResponsesController } from './http/responses/responses.controller';
import { ReadyEmbedder } from './ready-embedder';

/** The data plane: `/v1/*`. */
@Module({
  imports: [
    AuthModule,
    BatchesModule,
    CacheModule,
    PipelineModule,
    PolicyModule,
    ProvidersModule,
    ResponsesModule,
    TraceModule,
  ],
  providers: [
    DataPlaneServer,
    InFlight,
    InferenceController,
    ModelsController,
    FeedbackController,
    FilesController,
    BatchesController,
    BadHitFeedback,
    KeptStream,
    ResponseDoor,
    ResponsesController,
    ReadyEmbedder,
  ],
  exports: [InFlight],
})
export class GatewayModule {}
