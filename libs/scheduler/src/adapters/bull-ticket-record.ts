import type { QueueClass } from '@relay/contracts';
import type { QueueFactory, RelayQueue } from '@relay/database';
import type { LineTicket } from '../ports/ticket-line.port';
import { QUEUE_OF, ticketJob } from './ticket-job';
import type { TicketRecord } from './write-behind-ticket-line';

const CLASSES: readonly QueueClass[] = ['short', 'long'];

/** The tickets of one process in BullMQ's queues, where they can be seen and nobody fetches them. */
export class BullTicketRecord implements TicketRecord {
  private readonly queues = new Map<QueueClass, RelayQueue>();

  constructor(
    private readonly factory: Pick<QueueFactory, 'queue'>,
    private readonly prefix: string,
  ) {}

  async empty(): Promise<void> {
    for (const queueClass of CLASSES) await this.open(queueClass).drain();
  }

  async add(tickets: readonly LineTicket[]): Promise<void> {
    for (const queueClass of CLASSES) {
      const jobs = tickets.filter(({ data }) => data.class === queueClass).map(ticketJob);
      if (jobs.length > 0) await this.open(queueClass).addBulk(jobs);
    }
  }

  async remove({ id, data }: LineTicket): Promise<void> {
    await this.open(data.class).remove(id);
  }

  async close(): Promise<void> {
    const queues = [...this.queues.values()];
    this.queues.clear();
    await Promise.allSettled(queues.map((queue) => queue.close()));
  }

  private open(queueClass: QueueClass): RelayQueue {
    const opened = this.queues.get(queueClass) ?? this.factory.queue(QUEUE_OF[queueClass], { prefix: this.prefix });
    this.queues.set(queueClass, opened);
    return opened;
  }
}
