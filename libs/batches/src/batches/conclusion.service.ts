import { Inject, Injectable, Logger } from '@nestjs/common';
import { BATCH_OUTPUT } from '@relay/contracts';
import { CLOCK, type Clock } from '@relay/core';
import { newFileId } from '../domain/ids';
import { outputLine } from '../domain/line-result';
import { chunked } from '../files/chunked';
import { FileStore } from '../files/file-store';
import { KeyGone } from '../seal';
import type { BatchTask } from './batch-rows';
import { BatchStore } from './batch-store';
import { LineStore, type LineOutcome } from './line-store';

/** What lines are told that nobody asks any more. */
const UNASKED = {
  expired: { code: 'batch_expired', message: 'The line was not answered within the completion window.' },
  cancelled: { code: 'batch_cancelled', message: 'The batch was cancelled before the line was answered.' },
} as const;

const UNREADABLE = {
  code: 'answer_unreadable',
  message: 'The line was answered, but its answer is sealed with an encryption key that is not there any more.',
} as const;

/**
 * Writes what came of a batch into its files, and ends it. Whoever does it again after an interruption, or at the same time, writes the same
 * chunks into the same files.
 */
@Injectable()
export class Conclusion {
  private readonly logger = new Logger(Conclusion.name);

  constructor(
    private readonly batches: BatchStore,
    private readonly lines: LineStore,
    private readonly files: FileStore,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Of a batch that does not go on. Rejects when the database is away, and where an answer does not open: until the window ends, a worker
   * that has its key may come; then it is lost.
   */
  async conclude(task: BatchTask): Promise<void> {
    const { ending } = task;
    if (ending === null) return;
    if (ending !== 'completed') await this.lines.endOpen(task.id, UNASKED[ending].code, UNASKED[ending].message);
    const now = this.clock.now();
    const ids = await this.batches.reserveFiles(task.id, newFileId(now), newFileId(now));
    if (!ids) return;
    try {
      await this.end(task, ids);
    } catch (error) {
      if (!(error instanceof KeyGone) || now < task.expiresAt) throw error;
      const lost = await this.lines.giveUpSealed(task.id, UNREADABLE);
      this.logger.error(
        `${lost} answers of the batch ${task.id} are lost, as no worker could open them: ${error.message}`,
      );
      await this.end(task, ids);
    }
  }

  private async end(task: BatchTask, ids: { readonly output: string; readonly error: string }): Promise<void> {
    const output = await this.write(task, ids.output, 'output', 'completed');
    const error = await this.write(task, ids.error, 'error', 'failed');
    await this.batches.end(task.id, { output, error });
  }

  /** False if there is nothing to write. */
  private async write(task: BatchTask, id: string, kind: string, outcome: LineOutcome): Promise<boolean> {
    const createdAt = this.clock.now();
    let index = 0;
    for await (const chunk of chunked(this.told(task, outcome))) {
      if (index === 0) await this.files.begin(id, task.tenantId, createdAt);
      await this.files.append(id, index++, chunk);
    }
    if (index === 0) return false;
    const expiresAt = task.outputSeconds === null ? null : createdAt + task.outputSeconds * 1_000;
    const filename = `${task.id}_${kind}.jsonl`;
    const details = { id, tenantId: task.tenantId, filename, purpose: BATCH_OUTPUT, expiresAt } as const;
    // What the relay writes itself is never too much: the tenant has paid for it.
    await this.files.finish(details, Number.MAX_SAFE_INTEGER);
    return true;
  }

  private async *told({ id }: BatchTask, outcome: LineOutcome): AsyncGenerator<Buffer> {
    for await (const line of this.lines.ended(id, outcome)) yield outputLine(id, line);
  }
}
