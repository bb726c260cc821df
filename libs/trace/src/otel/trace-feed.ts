import type { Clock } from '@relay/core';
import type { FinishedTrace } from './finished-trace';

/** Traces that wait for the collector; beyond them the newest are dropped. About 4 MB without payloads. */
export const MAX_QUEUED_TRACES = 2_048;
/** Of one export: about 160 spans, a few ms of this process for their JSON, during which it does nothing else. */
export const MAX_BATCH_TRACES = 16;
/** So long a trace waits for others to go with. */
export const BATCH_DELAY_MS = 1_000;

export type FeedOutcome = 'exported' | 'failed' | 'queue_full';

/** Sends a batch; what went wrong, or null. Never rejects. */
type SendBatch = (traces: readonly FinishedTrace[]) => Promise<string | null>;

/**
 * The line of traces before the collector. One export at a time: a slow collector fills the line, a full line drops, and no request
 * ever waits. Each dropped or failed trace is counted.
 *
 *     push --> [ up to 2,048 ] --64 at a time, or after 1 s--> send --> exported | failed
 *        '--> queue_full
 */
export class TraceFeed {
  readonly outcomes: Record<FeedOutcome, number> = { exported: 0, failed: 0, queue_full: 0 };
  private waiting: FinishedTrace[] = [];
  private sending: Promise<void> | null = null;
  private cancelTimer: (() => void) | null = null;

  constructor(
    private readonly send: SendBatch,
    private readonly clock: Clock,
    /** Told when exports begin to fail, and when they succeed again. */
    private readonly onChange: (problem: string | null) => void,
  ) {}

  get queued(): number {
    return this.waiting.length;
  }

  push(trace: FinishedTrace): void {
    if (this.waiting.length >= MAX_QUEUED_TRACES) {
      this.outcomes.queue_full++;
      return;
    }
    this.waiting.push(trace);
    if (this.sending || this.cancelTimer) return;
    this.cancelTimer = this.clock.after(BATCH_DELAY_MS, () => void this.drain());
  }

  /** Sends until nothing waits; also what comes meanwhile. */
  drain(): Promise<void> {
    this.cancelTimer?.();
    this.cancelTimer = null;
    return (this.sending ??= this.sendAll().finally(() => (this.sending = null)));
  }

  private problem: string | null = null;

  private async sendAll(): Promise<void> {
    while (this.waiting.length > 0) {
      const batch = this.waiting.slice(0, MAX_BATCH_TRACES);
      this.waiting = this.waiting.slice(MAX_BATCH_TRACES);
      const problem = await this.send(batch);
      this.outcomes[problem === null ? 'exported' : 'failed'] += batch.length;
      if ((problem === null) !== (this.problem === null)) this.onChange(problem);
      this.problem = problem;
    }
  }
}
