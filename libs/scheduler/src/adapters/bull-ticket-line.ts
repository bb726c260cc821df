import { type QueueClass, type Ticket, ticketSchema } from '@relay/contracts';
import { LiveMap } from '@relay/core';
import type { QueueFactory } from '@relay/database';
import type { LineTicket, TakenTicket, TicketLine } from '../ports/ticket-line.port';
import { QUEUE_OF, ticketJob } from './ticket-job';

/** A ticket whose holder does not renew its lock for this long goes back into the line, ms. */
const LOCK_MS = 30_000;
/** Locks are renewed in this rhythm, ms. */
const RENEW_EVERY_MS = LOCK_MS / 3;
/** A ticket may be lost by its holder this often before BullMQ gives it up; owners that still wait issue a new one. */
const MAX_LOST = 1_000;
/** A job that only tries whether the store takes one cannot be fetched before, ms; by then it is long gone. */
const PROBE_DELAY_MS = 60_000;
/** Jobs in a row that are no tickets (of another version, say) and are passed over in one call. */
const MAX_UNREADABLE = 100;

/** BullMQ's words for a job that is somebody else's by now, or that the store lost: there is nothing left to finish. */
const NOT_OURS = /^(Missing key|Missing lock|Lock mismatch) /;

export type TicketQueues = Pick<QueueFactory, 'queue' | 'worker'>;

interface OpenLine {
  readonly queue: ReturnType<TicketQueues['queue']>;
  readonly worker: ReturnType<TicketQueues['worker']>;
}

interface HeldLock {
  readonly class: QueueClass;
  readonly token: string;
  readonly complete: () => Promise<void>;
  readonly wait: () => Promise<void>;
}

/** One BullMQ queue per class, opened when the first ticket comes; fetched by hand, only while a slot is free. */
export class BullTicketLine implements TicketLine {
  readonly isApart = false;
  private readonly lines = new Map<QueueClass, OpenLine>();
  private readonly locks = new LiveMap<string, HeldLock>(); // by ticket id
  private fetches = 0;
  private renewedAt: number;
  private pinging: Promise<void> | null = null;

  constructor(
    private readonly queues: TicketQueues,
    private readonly prefix: string,
    private readonly processId: string,
    private readonly monotonic: () => number,
  ) {
    this.renewedAt = monotonic();
  }

  async add(ticket: LineTicket): Promise<void> {
    const { name, data, opts } = ticketJob(ticket);
    await this.open(ticket.data.class).queue.add(name, data, opts);
  }

  async take(queueClass: QueueClass): Promise<TakenTicket | null> {
    const { worker } = this.open(queueClass);
    for (let passed = 0; passed < MAX_UNREADABLE; passed++) {
      const token = `${this.processId}:${this.fetches++}`;
      const job = await worker.getNextJob(token, { block: false });
      if (!job?.id) return null;
      const data = ticketSchema.safeParse(job.data);
      const complete = () => job.moveToCompleted(null, token, false).then(() => undefined, ignoreNotOurs);
      const wait = () =>
        job.attemptsStarted > 1 ? complete() : job.moveToWait(token).then(() => undefined, ignoreNotOurs);
      if (data.success) return this.hold(job.id, job.priority, data.data, { token, complete, wait });
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

  /** One is under way at a time: the client keeps what it sends to a Redis that is away, and sends all of it when Redis is back. */
  ping(): Promise<void> {
    this.pinging ??= this.probe().finally(() => (this.pinging = null));
    return this.pinging;
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

  /** Calls that hold a slot may go on; their tickets are done, so that nobody has to find out later whose they were. */
  async close(): Promise<void> {
    const held = [...this.locks.values()];
    this.locks.clear();
    await Promise.allSettled(held.map(({ complete }) => complete()));
    const lines = [...this.lines.values()];
    this.lines.clear();
    await Promise.allSettled(lines.flatMap(({ queue, worker }) => [worker.close(), queue.close()]));
  }

  /** Writes as real calls do: a store that is out of memory, or read-only, still answers what only reads. */
  private async probe(): Promise<void> {
    const { queue } = this.open('short');
    const jobId = `probe-${this.processId}`;
    await queue.add('probe', {}, { jobId, delay: PROBE_DELAY_MS, removeOnComplete: true, removeOnFail: true });
    await queue.remove(jobId);
  }

  private hold(id: string, priority: number, data: Ticket, lock: Omit<HeldLock, 'class'>): TakenTicket {
    const held = { class: data.class, ...lock };
    this.locks.set(id, held);
    const letGo = (how: () => Promise<void>) => {
      if (this.locks.get(id) !== held) return Promise.resolve();
      this.locks.delete(id);
      return how();
    };
    return { id, priority, data, finish: () => letGo(held.complete), putBack: () => letGo(held.wait) };
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

function ignoreNotOurs(error: unknown): void {
  if (!(error instanceof Error && NOT_OURS.test(error.message))) throw error;
}
