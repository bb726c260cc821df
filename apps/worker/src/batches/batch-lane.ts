import { Inject, Injectable } from '@nestjs/common';
import {
  BatchQueue,
  BatchStore,
  Conclusion,
  LineStore,
  Preparation,
  type BatchTask,
  type LeasedLine,
} from '@relay/batches';
import { CLOCK, type CancelSignal, type Clock } from '@relay/core';
import { patiently } from '../patiently';
import { AnswerWriter } from './answer-writer';
import { LeaseKeeper } from './lease-keeper';
import { LineAsker } from './line-asker';

/** After so long a lane lets those of other batches go first. */
const SLICE_MS = 10_000;
/** A database may be away for so long without a line being asked twice: nobody else gets one meanwhile. */
const WRITE_PATIENCE_MS = 600_000;

/** `idle`: others have all that is left; look again. `turn`: there is more to do. `ended`: not for this lane. */
export type LaneEnd = 'ended' | 'idle' | 'turn';

/** Lane 0 sees a batch through: input, lines, output. The others ask lines for as long as there are some. */
@Injectable()
export class BatchLane {
  constructor(
    private readonly batches: BatchStore,
    private readonly lines: LineStore,
    private readonly queue: BatchQueue,
    private readonly preparation: Preparation,
    private readonly conclusion: Conclusion,
    private readonly leases: LeaseKeeper,
    private readonly asker: LineAsker,
    private readonly answers: AnswerWriter,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Rejects when the database is away. */
  async run(batchId: string, lane: number, stop: CancelSignal): Promise<LaneEnd> {
    const until = this.clock.monotonic() + SLICE_MS;
    while (!stop.aborted && this.clock.monotonic() < until) {
      const task = await this.batches.task(batchId);
      if (task === null) return 'ended';
      if (task.status !== 'in_progress' || task.expiresAt <= this.clock.now()) {
        if (lane > 0) return 'ended';
        await this.moveOn(task);
        continue;
      }
      const hadLines = await this.askLines(task, until, stop);
      if (hadLines || stop.aborted) continue;
      if (lane > 0) return 'ended';
      if (await this.lines.hasOpen(batchId)) return 'idle';
      await this.batches.finalize(batchId, 'completed');
    }
    return 'turn';
  }

  /** One step to the end of a batch that has no lines to ask now. */
  private async moveOn(task: BatchTask): Promise<void> {
    if (task.status === 'validating') {
      await this.preparation.prepare(task);
      const open = await this.batches.openOne(task.id);
      if (open) await this.queue.addAll(open);
    } else if (task.status === 'in_progress') await this.batches.finalize(task.id, 'expired');
    else await this.conclusion.conclude(task);
  }

  /** False if there was nothing to ask. */
  private async askLines(task: BatchTask, until: number, stop: CancelSignal): Promise<boolean> {
    for (let asked = 0; ; asked++) {
      if (stop.aborted || this.clock.monotonic() >= until) return true;
      await this.answers.room();
      const line = await this.lines.claim(task.id, this.leases.owner);
      if (line === null) return asked > 0;
      if (!(await this.askOne(task, line, stop))) return true;
    }
  }

  /** False if it was not answered: the batch does not go on, or this process stops. */
  private async askOne(task: BatchTask, line: LeasedLine, stop: CancelSignal): Promise<boolean> {
    const held = { batchId: task.id, index: line.index };
    let isAnswered = false;
    try {
      const answer = await this.asker.ask(task, line, this.leases.hold(held));
      if (answer === null) return false;
      await patiently(this.clock, WRITE_PATIENCE_MS, () => this.answers.write(task.id, answer), stop);
      isAnswered = true;
      return true;
    } finally {
      this.leases.drop(held);
      if (!isAnswered) await this.lines.release(held, this.leases.owner).catch(() => undefined); // its lease runs out
    }
  }
}
