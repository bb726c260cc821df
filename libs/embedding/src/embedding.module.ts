import { Module } from '@nestjs/common';
import { EmbeddingService } from './embedding.service';

/** Needs the global CLOCK, ENVIRONMENT and ConfigStore. */
@Module({ providers: [EmbeddingService], exports: [EmbeddingService] })
export class EmbeddingModule {}
