import { randomUUID } from 'node:crypto';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { LineStore, type LineRef } from '@relay/batches';
import { Cancellation, CLOCK, type CancelSignal, type Clock } from '@relay/core';

/** A tenth of a lease. Within so long a line also learns that its batch was cancelled. */
const RENEW_EVERY_MS = 2_000;

/** Holds the lines that this process works on, and ends the work on those that it has lost or that nobody wants any more. */
@Injectable()
export class LeaseKeeper {
  /** Of this start of this process. */
  readonly owner = randomUUID();
  private readonly logger = new Logger(LeaseKeeper.name);
  private readonly held = new Map<string, { readonly line: LineRef; readonly signal: Cancellation }>();
  private isRenewing = false;

  constructor(
    private readonly lines: LineStore,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  get heldLines(): number {
    return this.held.size;
  }

  /** The signal is aborted when the line shall not be worked on any more. */
  hold(line: LineRef): CancelSignal {
    const signal = new Cancellation();
    this.held.set(keyOf(line), { line, signal });
    if (!this.isRenewing) this.renewLater();
    return signal;
  }

  drop(line: LineRef): void {
    this.held.delete(keyOf(line));
  }

  /** Ends the work on everything: this process stops. */
  abortAll(): void {
    for (const { signal } of this.held.values()) signal.abort();
  }

  private renewLater(): void {
    this.isRenewing = this.held.size > 0;
    if (this.isRenewing) this.clock.after(RENEW_EVERY_MS, () => void this.renew());
  }

  private async renew(): Promise<void> {
    const asked = [...this.held.values()];
    if (asked.length === 0) return this.renewLater();
    try {
      const renewed = await this.lines.renew(
        this.owner,
        asked.map(({ line }) => line),
      );
      const kept = new Set(renewed.map(keyOf));
      for (const { line, signal } of asked) if (!kept.has(keyOf(line))) signal.abort();
    } catch (error) {
      this.logger.warn(`Leases of batch lines could not be renewed: ${String(error)}`);
    }
    this.renewLater();
  }
}

const keyOf = ({ batchId, index }: LineRef): string => `${batchId}/${index}`;
