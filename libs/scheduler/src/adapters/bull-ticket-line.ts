import { type QueueClass, type QueueName, QUEUES, type Ticket, ticketSchema } from '@relay/contracts';
import type { QueueFactory } from '@relay/database';
import type { LineTicket, TakenTicket, TicketLine } from '../ports/ticket-line.port';

/** A ticket whose holder does not renew its lock for this long goes back into the line, ms. */
const LOCK_MS = 30_000;
/** Locks are renewed in this rhythm, ms. */
const RENEW_EVERY_MS = LOCK_MS / 3;
/** A ticket may be lost by its holder this often before BullMQ gives it up; owners that still wait issue a new one. */
const MAX_LOST = 1_000;
/** Jobs in a row that are no tickets (of another version, say) and are passed over in one call. */
const MAX_UNREADABLE = 100;

const QUEUE_OF = { short: QUEUES.inferenceShort, long: QUEUES.inferenceLong } as const satisfies Record<
  QueueClass,
  QueueName
>;
const JOB_NAME = 'ticket';

export type TicketQueues = Pick<QueueFactory, 'queue' | 'worker'>;

interface OpenLine {
  readonly queue: ReturnType<TicketQueues['queue']>;
  readonly worker: ReturnType<TicketQueues['worker']>;
}

interface HeldLock {
  readonly class: QueueClass;
  readonly token: string;
}

/** One BullMQ queue per class, opened when the first ticket comes; fetched by hand, only while a slot is free. */
export class BullTicketLine implements TicketLine {
  private readonly lines = new Map<QueueClass, OpenLine>();
  private readonly locks = new Map<string, HeldLock>(); // by ticket id
  private fetches = 0;
  private renewedAt: number;

  constructor(
    private readonly queues: TicketQueues,
    private readonly prefix: string,
    private readonly processId: string,
    private readonly monotonic: () => number,
  ) {
    this.renewedAt = monotonic();
  }

  async add({ id, priority, data }: LineTicket): Promise<void> {
    const options = { jobId: id, priority, removeOnComplete: true, removeOnFail: true };
    await this.open(data.class).queue.add(JOB_NAME, data, options);
  }

  async take(queueClass: QueueClass): Promise<TakenTicket | null> {
    const { worker } = this.open(queueClass);
    for (let passed = 0; passed < MAX_UNREADABLE; passed++) {
      const token = `${this.processId}:${this.fetches++}`;
      const job = await worker.getNextJob(token, { block: false });
      if (!job?.id) return null;
      const data = ticketSchema.safeParse(job.data);
      const complete = async () => void (await job.moveToCompleted(null, token, false));
      if (data.success) return this.hold(job.id, job.priority, data.data, token, complete);
      await complete();
    }
    return null;
  }

  async remove(ticket: LineTicket): Promise<void> {
    await this.open(ticket.data.class).queue.remove(ticket.id); // one that is being called stays, and finds nobody
  }

  async reprioritise(ticket: LineTicket, priority: number): Promise<void> {
    const job = await this.open(ticket.data.class).queue.getJob(ticket.id);
    await job?.changePriority({ priority });
  }

  async stands(ticket: LineTicket): Promise<boolean> {
    const state = await this.open(ticket.data.class).queue.getJobState(ticket.id);
    return state === 'prioritized' || state === 'waiting';
  }

  forget(): void {
    // the process that called the ticket finishes it
  }

  async ping(): Promise<void> {
    await this.open('short').queue.getJobState('none');
  }

  async renew(): Promise<void> {
    if (this.monotonic() - this.renewedAt < RENEW_EVERY_MS) return;
    this.renewedAt = this.monotonic();
    for (const [queueClass, { worker }] of this.lines) {
      const held = [...this.locks].filter(([, lock]) => lock.class === queueClass);
      const ids = held.map(([id]) => id);
      const tokens = held.map(([, lock]) => lock.token);
      // A lock that is lost already costs nothing: its ticket is called again and finds another request or nobody.
      if (ids.length > 0) await worker.extendJobLocks(ids, tokens, LOCK_MS);
    }
  }

  async close(): Promise<void> {
    const lines = [...this.lines.values()];
    this.lines.clear();
    await Promise.allSettled(lines.flatMap(({ queue, worker }) => [worker.close(), queue.close()]));
  }

  private hold(id: string, priority: number, data: Ticket, token: string, complete: () => Promise<void>): TakenTicket {
    this.locks.set(id, { class: data.class, token });
    const finish = () => {
      this.locks.delete(id);
      return complete();
    };
    return { id, priority, data, finish };
  }

  private open(queueClass: QueueClass): OpenLine {
    const line = this.lines.get(queueClass);
    if (line) return line;
    const name = QUEUE_OF[queueClass];
    const { prefix } = this;
    const queue = this.queues.queue(name, { prefix });
    const worker = this.queues.worker(name, null, {
      ...{ prefix, lockDuration: LOCK_MS, stalledInterval: LOCK_MS, maxStalledCount: MAX_LOST },
    });
    worker.startStalledCheckTimer().catch(() => undefined); // its failures are events, which the factory logs
    const opened = { queue, worker };
    this.lines.set(queueClass, opened);
    return opened;
  }
}
