import { Inject, Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { Queue, Worker, type Processor, type QueueOptions, type WorkerOptions } from 'bullmq';
import { within } from '../within';
import { queuePlace } from './queue-backend';
import { QUEUE_CONNECTION, type QueueBackend, type QueueConnection } from './queue-connection';
import { QueueFaults } from './queue-faults';

/** Events BullMQ keeps of one queue; nothing here reads old ones. */
const MAX_EVENTS = 100;
/** How long shutdown waits for workers to finish their jobs; what is left is taken up again when its lock runs out. */
const WORKER_CLOSE_TIMEOUT_MS = 5_000;

export type RelayQueue<Data = unknown, Result = unknown> = Queue<Data, Result>;
export type RelayWorker<Data = unknown, Result = unknown> = Worker<Data, Result>;
/** BullMQ's options but for the connection. Queues of one name with different prefixes have nothing to do with each other. */
export type RelayQueueOptions = Omit<QueueOptions, 'connection'>;
/** A worker whose store failed asks again after this time, ms: BullMQ's own 15 s would leave jobs lying after each cut connection. */
const RETRY_AFTER_MS = 1_000;

export type RelayWorkerOptions = Omit<WorkerOptions, 'connection'>;

interface Closable {
  readonly name: string;
  close(force?: boolean): Promise<void>;
}

/** A queue that takes itself off the list of open ones: unlike a worker it does not tell when it is closed. */
class TrackedQueue<Data, Result> extends Queue<Data, Result> {
  constructor(
    private readonly openOnes: Set<Closable>,
    name: string,
    options: QueueOptions,
  ) {
    super(name, options);
  }

  override async close(): Promise<void> {
    try {
      await super.close();
    } finally {
      this.openOnes.delete(this);
    }
  }
}

/** Makes Queues and Workers on whichever backend this process uses, and closes them on shutdown: workers, then queues. */
@Injectable()
export class QueueFactory implements OnApplicationShutdown {
  private readonly logger = new Logger('Queues');
  private readonly faults = new QueueFaults();
  private readonly queues = new Set<Closable>(); // open ones; with a provider that goes, its queues go too
  private readonly workers = new Set<Closable>();

  constructor(@Inject(QUEUE_CONNECTION) private readonly connection: QueueConnection) {}

  get backend(): QueueBackend {
    return this.connection.backend;
  }

  /** A queue. On Redis Cluster its prefix must be or hold a hash tag, such as `{relay:pool-a}`. */
  queue<Data = unknown, Result = unknown>(name: string, options: RelayQueueOptions = {}): RelayQueue<Data, Result> {
    const { backend, connection } = this.connection;
    const place = queuePlace(backend, name, options.prefix);
    const streams = { events: { maxLen: MAX_EVENTS } };
    const queue = new TrackedQueue<Data, Result>(this.queues, place.name, {
      streams,
      ...options,
      prefix: place.prefix,
      connection,
    });
    this.queues.add(queue);
    queue.on('error', (error) => this.fault(name, error));
    return queue;
  }

  /** A worker; with `null` instead of a processor it only fetches by hand (`getNextJob(token, { block: false })`). */
  worker<Data = unknown, Result = unknown>(
    name: string,
    processor: Processor<Data, Result> | null,
    options: RelayWorkerOptions = {},
  ): RelayWorker<Data, Result> {
    const { backend, connection } = this.connection;
    const place = queuePlace(backend, name, options.prefix);
    const worker = new Worker<Data, Result>(place.name, processor, {
      autorun: processor !== null,
      runRetryDelay: RETRY_AFTER_MS,
      ...options,
      prefix: place.prefix,
      connection,
    });
    this.workers.add(worker);
    worker.once('closed', () => this.workers.delete(worker));
    worker.on('error', (error) => this.fault(name, error));
    return worker;
  }

  /** To be told of every error event of a queue or worker: one that nobody listens for BullMQ prints itself, at each try. */
  fault(name: string, error: Error): void {
    this.faults.hear(name, error);
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all([...this.workers].map((worker) => this.closeWorker(worker)));
    await Promise.all([...this.queues].map((queue) => queue.close()));
    await this.connection.close();
  }

  private async closeWorker(worker: Closable): Promise<void> {
    try {
      await within(WORKER_CLOSE_TIMEOUT_MS, `the worker of ${worker.name}`, worker.close());
    } catch (error) {
      this.logger.warn(`Closing without waiting longer: ${String(error)}`);
      await worker.close(true);
    }
  }
}
