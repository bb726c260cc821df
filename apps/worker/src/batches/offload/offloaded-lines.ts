import { Inject, Injectable } from '@nestjs/common';
import { OffloadStore, type BatchTask, type LeasedLine } from '@relay/batches';
import { CLOCK, type Clock } from '@relay/core';
import { LEAST_WINDOW_MS, OffloadedLine } from './offloaded-line';
import { OutSums } from './out-sums';

/** Which lines their provider's own batches may answer, or have answered. */
@Injectable()
export class OffloadedLines {
  private readonly out: OutSums;

  constructor(
    private readonly store: OffloadStore,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {
    this.out = new OutSums((tenantId) => store.outUsd(tenantId), clock);
  }

  /** Null: the line is asked as any other. */
  of(task: BatchTask, line: LeasedLine, owner: string): OffloadedLine | null {
    if (line.returned === 'unanswered') return null;
    if (line.returned === null && task.expiresAt - this.clock.now() < LEAST_WINDOW_MS) return null;
    return new OffloadedLine(this.store, this.out, task, line, owner);
  }

  /** What came back for a line is not looked at again. */
  dismiss(batchId: string, index: number): Promise<void> {
    return this.store.dismiss({ batchId, index });
  }
}
