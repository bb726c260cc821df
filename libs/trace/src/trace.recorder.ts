import {
  type BeforeApplicationShutdown,
  Inject,
  Injectable,
  Logger,
  type OnApplicationShutdown,
  type OnModuleInit,
} from '@nestjs/common';
import type { PlanDocument } from '@relay/contracts';
import { CLOCK, type Clock, turnEnd, within } from '@relay/core';
import { LRUCache } from 'lru-cache';
import { traceLine } from './domain/trace-line';
import type { TracePayload, TraceRecord } from './domain/trace-record';
import { FinishedRequests } from './feedback/finished-requests';
import { Metrics } from './metrics/metrics';
import { PayloadVault } from './payloads/payload-vault';
import { SpendLedger } from './spend/spend-ledger';
import { RejectedRows } from './spool/rejected-rows';
import { type AppendOutcome, TraceSpool } from './spool/trace-spool';
import { TraceShipper } from './trace-shipper';

/** Plans whose document this process has sent; one that fell out is sent again, which changes nothing. */
const MAX_KNOWN_PLANS = 10_000;
/** A plan in use is sent again after so long: those that are not seen for long are removed (see stored-plans.ts). */
const RESEND_PLAN_MS = 3_600_000;
/** Characters of request and answer that are kept; a multiple of the largest body that is accepted by default. */
const MAX_PAYLOAD_CHARS = 33_554_432;
/** How long a shutdown waits for the database; what is left stays in the spool for the next start. */
const SHUTDOWN_FLUSH_MS = 5_000;

export interface TraceRecorderStatus {
  /** Rows recorded by this process that are not in the database yet. */
  readonly queued: number;
  /** Bytes of rows, of ended processes too, that are not in the database yet. */
  readonly spooledBytes: number;
  /** Rows lost: disk and memory were full. */
  readonly dropped: number;
  /** Rows that the database refused for what they hold. */
  readonly rejected: number;
  readonly lastError: string | null;
}

export interface RecordOptions {
  /** It may be kept as late as what it is of is told: at the end of this turn. */
  readonly whenTold?: boolean;
}

const AT_ONCE: RecordOptions = {};

/** Told of each request when it has ended; has to be quick, and not to throw. */
export type TraceListener = (record: TraceRecord, payload: TracePayload | null) => void;

/** Remembers every request: durable when `record` returns, in the database a moment later. */
@Injectable()
export class TraceRecorder implements OnModuleInit, BeforeApplicationShutdown, OnApplicationShutdown {
  private readonly logger = new Logger(TraceRecorder.name);
  private readonly knownPlans = new LRUCache<string, number>({ max: MAX_KNOWN_PLANS });
  private readonly listeners: TraceListener[] = [];
  private held: string[] = []; // until the end of this turn
  private dropped = 0;
  private trouble: 'memory' | 'dropped' | null = null; // the disk does not take rows; logged when it begins and when it gets worse

  constructor(
    private readonly spool: TraceSpool,
    private readonly shipper: TraceShipper,
    private readonly rejected: RejectedRows,
    private readonly metrics: Metrics,
    private readonly finished: FinishedRequests,
    private readonly spend: SpendLedger,
    private readonly payloads: PayloadVault,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {
    metrics.watchSpool(() => this.status());
  }

  onModuleInit(): void {
    this.shipper.start();
  }

  /**
   * Survives `kill -9` once it returned; `whenTold`: before anything is told at the end of this turn (`turnEnd`), so that the lines of a turn
   * are one write. Never throws: a trace that cannot be kept is counted, the request goes on.
   */
  record(
    record: TraceRecord,
    plan: PlanDocument | null,
    payload: TracePayload | null,
    { whenTold = false }: RecordOptions = AT_ONCE,
  ): void {
    try {
      const newPlan = plan !== null && !this.isKnown(plan, record.at) ? plan : null;
      const words = payload && this.payloads.close(record.id, record.tenant, bounded(payload));
      const line = traceLine(record, newPlan, words?.columns ?? null);
      if (whenTold && newPlan === null && words === null) this.hold(line);
      else if (this.append(line) && newPlan !== null) this.knownPlans.set(newPlan.id, record.at);
      this.metrics.observe(record);
      this.finished.note(record);
      this.spend.observe(record);
      for (const listener of this.listeners) listener(record, words?.shown ?? null);
    } catch (error) {
      this.dropped++;
      this.logger.error(`A trace could not be recorded: ${String(error)}`);
    }
  }

  /** `payload` is what is kept of the words; null where nothing is. */
  onRecorded(listener: TraceListener): void {
    this.listeners.push(listener);
  }

  private isKnown(plan: PlanDocument, at: number): boolean {
    const sentAt = this.knownPlans.get(plan.id);
    return sentAt !== undefined && at - sentAt < RESEND_PLAN_MS;
  }

  private append(line: string): boolean {
    const outcome = this.spool.append(line);
    this.noteOutcome(outcome);
    this.shipper.wake();
    return outcome.kind !== 'dropped';
  }

  private hold(line: string): void {
    this.held.push(line);
    if (this.held.length === 1) turnEnd.keep(this.keepHeld);
  }

  private readonly keepHeld = (): void => {
    if (this.held.length === 0) return;
    const lines = this.held;
    this.held = [];
    for (const outcome of this.spool.appendAll(lines)) this.noteOutcome(outcome);
    this.shipper.wake();
  };

  private noteOutcome(outcome: AppendOutcome): void {
    if (outcome.kind === 'spooled') this.trouble = null;
    else this.onTrouble(outcome.kind, outcome.reason);
  }

  private onTrouble(kind: 'memory' | 'dropped', reason: string): void {
    if (kind === 'dropped') this.dropped++;
    if (this.trouble === kind || this.trouble === 'dropped') return;
    this.trouble = kind;
    const consequence = kind === 'dropped' ? 'newest ones are lost' : 'they wait in memory, where a crash loses them';
    this.logger.error(`The spool does not take traces (${reason}): ${consequence}`);
  }

  /** Resolves when everything recorded so far is stored, or when the database refuses to answer (the spool keeps the rest). */
  flush(): Promise<void> {
    this.keepHeld();
    return this.shipper.flush();
  }

  status(): TraceRecorderStatus {
    return {
      queued: this.held.length + this.spool.appended - this.spool.settled,
      spooledBytes: this.spool.pendingBytes,
      dropped: this.dropped,
      rejected: this.rejected.count,
      lastError: this.shipper.lastError,
    };
  }

  async beforeApplicationShutdown(): Promise<void> {
    await within(this.clock, SHUTDOWN_FLUSH_MS, this.flush());
  }

  /** Requests that were in hand when the shutdown began have been recorded since `beforeApplicationShutdown`. */
  async onApplicationShutdown(): Promise<void> {
    await within(
      this.clock,
      SHUTDOWN_FLUSH_MS,
      this.flush().then(() => this.shipper.stop()),
    );
    void this.shipper.stop(); // of no effect if it was in time
    this.keepHeld();
    const left = this.spool.pendingBytes;
    this.spool.close();
    if (left > 0) this.logger.warn(`${left} bytes of traces stay in the spool and are stored at the next start`);
  }
}

function bounded(payload: TracePayload): TracePayload {
  if (payload.request.length + payload.response.length <= MAX_PAYLOAD_CHARS) return payload;
  const half = MAX_PAYLOAD_CHARS / 2;
  return { request: payload.request.slice(0, half), response: payload.response.slice(0, half) };
}
