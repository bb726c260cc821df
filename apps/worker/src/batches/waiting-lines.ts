import { Inject, Injectable } from '@nestjs/common';
import { LineStore, type LineRef } from '@relay/batches';
import { CLOCK, type CancelSignal, type Clock } from '@relay/core';
import { LeaseKeeper } from './lease-keeper';
import { waitFor } from './wait-for';

/** Lines that were told to come again wait here, under their lease, so that their lanes are there for other batches. One a lane. */
@Injectable()
export class WaitingLines {
  private readonly waiting = new Set<Promise<void>>();
  private readonly restsUntil = new Map<string, number>(); // by batch and lane; monotonic, ms

  constructor(
    private readonly lines: LineStore,
    private readonly leases: LeaseKeeper,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Gives the line back after so long, or as soon as nobody wants it any more. */
  putOff(line: LineRef, lane: number, afterMs: number, signal: CancelSignal): void {
    const key = `${line.batchId}/${lane}`;
    this.restsUntil.set(key, this.clock.monotonic() + afterMs);
    const waits = waitFor(this.clock, afterMs, signal).then(() => {
      this.restsUntil.delete(key);
      return this.giveBack(line);
    });
    this.waiting.add(waits);
    void waits.finally(() => this.waiting.delete(waits));
  }

  /** How long the line of this lane has still to wait; 0 if none does. */
  restMs(batchId: string, lane: number): number {
    return Math.max(0, (this.restsUntil.get(`${batchId}/${lane}`) ?? 0) - this.clock.monotonic());
  }

  /** Never rejects. */
  async giveBack(line: LineRef): Promise<void> {
    this.leases.drop(line);
    await this.lines.release(line, this.leases.owner).catch(() => undefined); // its lease runs out
  }

  /** After all leases were given up. */
  async settled(): Promise<void> {
    await Promise.all(this.waiting);
  }
}
