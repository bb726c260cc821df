import type { BatchTask, LeasedLine, LineRef, OffloadStore } from '@relay/batches';
import type { Elsewhere, ElsewhereAnswer, HandedOver, Unanswered } from '@relay/pipeline';
import type { OutSums } from './out-sums';

/** Of the window so much has to be left, ms, for a line to go to a provider that may take a day. */
export const LEAST_WINDOW_MS = 3 * 3_600_000;

/** One line that its provider's own batch may answer, or has answered. */
export class OffloadedLine implements Elsewhere {
  readonly answer: ElsewhereAnswer | null;
  unanswered: Unanswered | null = null;

  constructor(
    private readonly store: OffloadStore,
    private readonly out: OutSums,
    private readonly task: BatchTask,
    private readonly line: LeasedLine,
    private readonly owner: string,
  ) {
    this.answer = typeof line.returned === 'object' ? line.returned : null;
  }

  outUsd(): Promise<number> {
    return this.out.of(this.task.tenantId);
  }

  async take(asked: HandedOver): Promise<boolean> {
    const isTaken = await this.store.take(this.ref, this.owner, asked);
    if (isTaken) this.out.add(this.task.tenantId, asked.expectedUsd);
    return isTaken;
  }

  /** What its provider answered was no answer to it: it is asked as any other line. */
  async dismiss(): Promise<void> {
    if (this.answer !== null) await this.store.dismiss(this.ref);
  }

  private get ref(): LineRef {
    return { batchId: this.task.id, index: this.line.index };
  }
}
