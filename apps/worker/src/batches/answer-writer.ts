import { Injectable } from '@nestjs/common';
import { LineStore, type LineAnswer } from '@relay/batches';
import { isBadData } from '@relay/database';

/** Answers of one statement, bytes; one in any case. */
const STATEMENT_BYTES = 8_388_608;
/** While so many bytes wait to be written, nothing more is asked. */
const WAITING_BYTES = 8_388_608;

interface Waiting {
  readonly answer: LineAnswer;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Writes answers as they come, and what comes while one is written together with the next: lines of a batch are counted in one row, on which
 * they would queue one by one. Holds what lanes ask when there is `room`, and they ask one line at a time.
 */
@Injectable()
export class AnswerWriter {
  private readonly waiting = new Map<string, Waiting[]>(); // by batch; one that is being written has its entry

  private waitingBytes = 0;
  private readonly asking: (() => void)[] = []; // who waits for room; no more than there are lanes

  private readonly written = { completed: 0, failed: 0 };

  constructor(private readonly lines: LineStore) {}

  /** Since the start of the process. */
  get counts(): Readonly<Record<LineAnswer['outcome'], number>> {
    return this.written;
  }

  /** Resolves when one more answer may come. */
  room(): Promise<void> {
    if (this.waitingBytes < WAITING_BYTES) return Promise.resolve();
    return new Promise((resolve) => void this.asking.push(resolve));
  }

  /** Resolves once it is stored; rejects when the database is away, or refuses this one. */
  async write(batchId: string, answer: LineAnswer): Promise<void> {
    const bytes = bytesOf(answer);
    this.waitingBytes += bytes;
    try {
      await this.stored(batchId, answer);
    } finally {
      this.waitingBytes -= bytes;
      if (this.waitingBytes < WAITING_BYTES) for (const resolve of this.asking.splice(0)) resolve();
    }
  }

  private stored(batchId: string, answer: LineAnswer): Promise<void> {
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
      const waiting = this.waiting.get(batchId) ?? [];
      if (waiting.length === 0) return void this.waiting.delete(batchId);
      const taken = waiting.splice(0, fitting(waiting));
      await this.writeTogether(batchId, taken);
    }
  }

  /** One that the database refuses does not keep the others from being written. Never rejects. */
  private async writeTogether(batchId: string, taken: readonly Waiting[]): Promise<void> {
    try {
      await this.lines.answer(
        batchId,
        taken.map(({ answer }) => answer),
      );
    } catch (error) {
      if (taken.length > 1 && isBadData(error)) for (const one of taken) await this.writeTogether(batchId, [one]);
      else for (const { reject } of taken) reject(error);
      return;
    }
    for (const { answer, resolve } of taken) {
      this.written[answer.outcome]++;
      resolve();
    }
  }
}

/** How many of the first ones one statement takes. */
function fitting(waiting: readonly Waiting[]): number {
  let bytes = 0;
  const beyond = waiting.findIndex(({ answer }) => (bytes += bytesOf(answer)) > STATEMENT_BYTES);
  return beyond === -1 ? waiting.length : Math.max(1, beyond);
}

const bytesOf = ({ response }: LineAnswer): number => response?.length ?? 0;
