import { Module } from '@nestjs/common';
import { BatchQueue } from './batches/batch-queue';
import { BatchStore } from './batches/batch-store';
import { BatchesService } from './batches/batches.service';
import { Conclusion } from './batches/conclusion.service';
import { LineStore } from './batches/line-store';
import { Preparation } from './batches/preparation.service';
import { FileStore } from './files/file-store';
import { FilesService } from './files/files.service';
import { OffloadStore } from './offload/offload-store';
import { ProviderBatchStore } from './offload/provider-batch-store';
import { Seal } from './seal';

const PARTS = [
  FilesService,
  FileStore,
  BatchesService,
  BatchStore,
  BatchQueue,
  LineStore,
  Preparation,
  Conclusion,
  OffloadStore,
  ProviderBatchStore,
] as const;

/** Files and batches. Needs the global CLOCK, ENVIRONMENT, ConfigStore, data source and queues. */
@Module({ providers: [...PARTS, Seal], exports: [...PARTS] })
export class BatchesModule {}
