import { Inject, Injectable } from '@nestjs/common';
import {
  BatchQueue,
  BatchStore,
  Conclusion,
  LineStore,
  Preparation,
  type BatchTask,
  type LeasedLine,
  type LineRef,
} from '@relay/batches';
import type { BatchProblem } from '@relay/contracts';
import { Cancellation, CLOCK, type CancelSignal, type Clock } from '@relay/core';
import { patiently } from '../patiently';
import { AnswerWriter } from './answer-writer';
import { LeaseKeeper } from './lease-keeper';
import { LineAsker, type PutOff } from './line-asker';
import { OffloadRound } from './offload/offload-round';
import { OffloadedLines } from './offload/offloaded-lines';
import { RestingModels } from './resting-models';

/** After so long a lane lets those of other batches go first; that costs 3 ms. For so long a batch may stand still where not all have a lane. */
const SLICE_MS = 2_000;
/** A database may be away for so long without a line being asked twice: nobody else gets one meanwhile. */
const WRITE_PATIENCE_MS = 600_000;

/** Lane 0 looks so often whether its batch goes on, also while all its lines wait. */
const LOOK_EVERY_MS = 2_000;
/** A lane rests for so long at least. */
const LEAST_REST_MS = 500;
/** Providers that were told to stop are waited for so long at most, for what they have answered. */
const STOP_PATIENCE_MS = 600_000;
const NOT_READ: BatchProblem = {
  ...{ code: 'batch_expired', message: 'The input could not be read within the completion window.' },
  ...{ param: 'input_file_id', line: null },
};

/** `idle`: others have all that is left; look again. `turn`: there is more to do. `ended`: not for this lane. Else it rests. */
export type LaneEnd = 'ended' | 'idle' | 'turn' | PutOff;

/** Lane 0 sees a batch through: input, lines, what is with providers, output. The others ask lines for as long as there are some. */
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
    private readonly resting: RestingModels,
    private readonly offloads: OffloadRound,
    private readonly offloaded: OffloadedLines,
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
        if (await this.moveOn(task, stop, until)) continue;
        return { afterMs: this.offloads.lookEveryMs };
      }
      const isAway = lane === 0 && (await this.lookAfterOffloaded(task, stop, until));
      // A line of its own may keep it for an hour, in which nobody would look after the others.
      if (isAway && this.queue.lanesOf(task) > 1) return { afterMs: this.offloads.lookEveryMs };
      const hadLines = await this.askLines(task, until, stop);
      if (hadLines || stop.aborted) continue;
      const restMs = await this.restMs(batchId);
      if (restMs !== null) return { afterMs: lane > 0 ? restMs : Math.min(restMs, LOOK_EVERY_MS) };
      if (lane > 0) return 'ended';
      if (await this.lines.hasOpen(batchId)) return isAway ? { afterMs: this.offloads.lookEveryMs } : 'idle';
      await this.batches.finalize(batchId, 'completed');
    }
    return 'turn';
  }

  /** True if lines of it wait at providers. Those that came back are for all lanes. */
  private async lookAfterOffloaded(task: BatchTask, stop: CancelSignal, until: number): Promise<boolean> {
    const { away, back } = await this.offloads.run(task, stop, until);
    const open = back ? await this.batches.openOne(task.id) : null;
    if (open) await this.queue.addAll(open);
    return away;
  }

  /** One step to the end of a batch that has no lines to ask now. False: it waits for providers. */
  private async moveOn(task: BatchTask, stop: CancelSignal, until: number): Promise<boolean> {
    if (task.status === 'validating' && task.expiresAt <= this.clock.now()) await this.batches.fail(task.id, NOT_READ);
    else if (task.status === 'validating') {
      await this.preparation.prepare(task);
      const open = await this.batches.openOne(task.id);
      if (open) await this.queue.addAll(open);
    } else if (task.status === 'in_progress') await this.batches.finalize(task.id, 'expired');
    else {
      const { cancellingAt } = task;
      const mayWait = cancellingAt !== null && this.clock.now() - cancellingAt < STOP_PATIENCE_MS;
      const isAway = mayWait && (await this.offloads.windDown(task, stop, until));
      if (!(await this.settleReturned(task, stop, until))) return true;
      if (isAway) return false;
      await this.offloads.abandon(task.id);
      await this.conclusion.conclude(task);
    }
    return true;
  }

  /** What providers have answered of a batch that does not go on is paid for: it is an answer where it still can be, and charged. False: there is more. */
  private async settleReturned(task: BatchTask, stop: CancelSignal, until: number): Promise<boolean> {
    while (!stop.aborted && this.clock.monotonic() < until) {
      const line = await this.lines.claimReturned(task.id, this.leases.owner);
      if (line === null) return true;
      const offloaded = this.offloaded.of(task, line, this.leases.owner);
      const answer = offloaded && (await this.asker.ask(task, line, new Cancellation(), offloaded));
      if (answer && !('afterMs' in answer)) await this.answers.write(task.id, answer);
      else await this.offloaded.dismiss(task.id, line.index);
    }
    return false;
  }

  /** How long it is until one of the lines that nobody has may be asked; null if there are none. */
  private async restMs(batchId: string): Promise<number | null> {
    const dueInMs = await this.lines.dueInMs(batchId);
    if (dueInMs === null) return null;
    return Math.max(LEAST_REST_MS, Math.ceil(dueInMs > 0 ? dueInMs : this.resting.restMs(batchId)));
  }

  /** False if there was nothing to ask. */
  private async askLines(task: BatchTask, until: number, stop: CancelSignal): Promise<boolean> {
    for (let asked = 0; ; asked++) {
      if (stop.aborted || this.clock.monotonic() >= until) return true;
      await this.answers.room();
      const line = await this.lines.claim(task.id, this.leases.owner, this.resting.of(task.id));
      if (line === null) return asked > 0;
      if (!(await this.askOne(task, line, stop))) return true;
    }
  }

  /** False if nothing came of it: it was told to come again, it is somebody else's, the batch does not go on, or this process stops. */
  private async askOne(task: BatchTask, line: LeasedLine, stop: CancelSignal): Promise<boolean> {
    const held = { batchId: task.id, index: line.index };
    const signal = this.leases.hold(held);
    let isKept = false;
    try {
      const offloaded = this.offloaded.of(task, line, this.leases.owner);
      const answer = await this.asker.ask(task, line, signal, offloaded);
      const why = offloaded?.unanswered?.why ?? null;
      if (why === 'taken') {
        isKept = true;
        this.leases.drop(held);
        return true;
      }
      if (why === 'set-aside') {
        await offloaded?.dismiss();
        return true; // it is the next one
      }
      if (answer === null) return false;
      if ('afterMs' in answer) {
        await offloaded?.dismiss();
        this.resting.refused(task.id, line.model, answer.afterMs);
        isKept = true;
        await this.putOff(held, answer.afterMs);
        return false;
      }
      await patiently(this.clock, WRITE_PATIENCE_MS, () => this.answers.write(task.id, answer), stop);
      this.resting.answered(task.id, line.model);
      isKept = true;
      this.leases.drop(held);
      return true;
    } finally {
      if (!isKept) await this.giveBack(held);
    }
  }

  /** Never rejects: a lease that is not given back runs out. */
  private async putOff(line: LineRef, afterMs: number): Promise<void> {
    this.leases.drop(line);
    await this.lines.putOff(line, this.leases.owner, afterMs).catch(() => undefined);
  }

  private async giveBack(line: LineRef): Promise<void> {
    this.leases.drop(line);
    await this.lines.release(line, this.leases.owner).catch(() => undefined);
  }
}
