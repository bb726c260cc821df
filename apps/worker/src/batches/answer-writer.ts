import { Injectable } from '@nestjs/common';
import { LineStore, type LineAnswer } from '@relay/batches';

interface Waiting {
  readonly answer: LineAnswer;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Writes answers as they come, and what comes while one is written together with the next: lines of a batch are counted in one row, on which
 * they would queue one by one. Holds no more than there are lanes.
 */
@Injectable()
export class AnswerWriter {
  private readonly waiting = new Map<string, Waiting[]>(); // by batch; one that is being written has its entry

  private readonly written = { completed: 0, failed: 0 };

  constructor(private readonly lines: LineStore) {}

  /** Since the start of the process. */
  get counts(): Readonly<Record<LineAnswer['outcome'], number>> {
    return this.written;
  }

  /** Resolves once it is stored; rejects when the database is away. */
  write(batchId: string, answer: LineAnswer): Promise<void> {
    return new Promise((resolve, reject) => {
      const queued = this.waiting.get(batchId);
      const one = { answer, resolve, reject };
      if (queued) return void queued.push(one);
      this.waiting.set(batchId, [one]);
      void this.drain(batchId);
    });
  }

  private async drain(batchId: string): Promise<void> {
    for (;;) {
      const taken = this.waiting.get(batchId) ?? [];
      if (taken.length === 0) return void this.waiting.delete(batchId);
      this.waiting.set(batchId, []);
      try {
        await this.lines.answer(
          batchId,
          taken.map(({ answer }) => answer),
        );
        for (const { answer, resolve } of taken) {
          this.written[answer.outcome]++;
          resolve();
        }
      } catch (error) {
        for (const { reject } of taken) reject(error);
      }
    }
  }
}
