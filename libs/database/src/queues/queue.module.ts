import { BullModule, InjectQueue } from '@nestjs/bullmq';
import { Global, Module } from '@nestjs/common';
import { ENVIRONMENT } from '@relay/config';
import { QUEUES } from '@relay/contracts';
import type { Queue } from 'bullmq';
import { EmbeddedPostgresModule } from '../database.module';
import { EMBEDDED_POSTGRES } from '../pglite/embedded-postgres.provider';
import { DEFAULT_QUEUE_PREFIX } from './queue-backend';
import { openQueueConnection, QUEUE_CONNECTION, type QueueConnection } from './queue-connection';
import { QueueFactory } from './queue-factory.service';

@Global()
@Module({
  imports: [EmbeddedPostgresModule],
  providers: [
    { provide: QUEUE_CONNECTION, inject: [ENVIRONMENT, EMBEDDED_POSTGRES], useFactory: openQueueConnection },
    QueueFactory,
  ],
  exports: [QUEUE_CONNECTION, QueueFactory],
})
class QueueConnectionModule {}

/** BullMQ on Redis or, without one, in the database. `@Processor` and `@InjectQueue` of @nestjs/bullmq work on both. */
@Global()
@Module({
  imports: [
    QueueConnectionModule,
    BullModule.forRootAsync({
      inject: [QUEUE_CONNECTION],
      useFactory: ({ connection }: QueueConnection) => ({ connection, prefix: DEFAULT_QUEUE_PREFIX }),
    }),
    BullModule.registerQueue(
      { name: QUEUES.maintenance },
      { name: QUEUES.cacheWarm },
      { name: QUEUES.cacheInvalidate },
      { name: QUEUES.batches },
      { name: QUEUES.responses },
    ),
  ],
  exports: [QueueConnectionModule, BullModule],
})
export class QueueModule {
  constructor(
    faults: QueueFactory,
    @InjectQueue(QUEUES.maintenance) maintenance: Queue,
    @InjectQueue(QUEUES.cacheWarm) cacheWarm: Queue,
    @InjectQueue(QUEUES.cacheInvalidate) cacheInvalidate: Queue,
    @InjectQueue(QUEUES.batches) batches: Queue,
    @InjectQueue(QUEUES.responses) responses: Queue,
  ) {
    for (const queue of [maintenance, cacheWarm, cacheInvalidate, batches, responses])
      queue.on('error', (error) => faults.fault(queue.name, error));
  }
}
