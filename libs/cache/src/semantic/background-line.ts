/** What is done at a time, and what may wait, with what all of it holds: beyond it work is left undone and counted. */
const MAX_RUNNING = 4;
const MAX_WAITING = 256;
const MAX_HELD_BYTES = 67_108_864;

interface Task {
  readonly bytes: number;
  readonly run: () => Promise<void>;
}

/** Work that nobody waits for, a few at a time. */
export class BackgroundLine {
  private readonly waiting: Task[] = [];
  private running = 0;
  private heldBytes = 0;
  private closed = false;
  private emptied: (() => void)[] = [];
  dropped = 0;

  /** `bytes`: what the task keeps in memory until it is done. Tasks must not reject. */
  add(bytes: number, run: () => Promise<void>): void {
    if (this.closed || this.waiting.length >= MAX_WAITING || this.heldBytes + bytes > MAX_HELD_BYTES) {
      this.dropped++;
      return;
    }
    this.heldBytes += bytes;
    this.waiting.push({ bytes, run });
    this.next();
  }

  /** Resolves once nothing is left to do. */
  idle(): Promise<void> {
    if (this.running === 0 && this.waiting.length === 0) return Promise.resolve();
    return new Promise((resolve) => this.emptied.push(resolve));
  }

  /** Drops what waits; what runs ends by itself. */
  close(): void {
    this.closed = true;
    this.waiting.length = 0;
  }

  private next(): void {
    while (this.running < MAX_RUNNING) {
      const task = this.waiting.shift();
      if (!task) break;
      this.running++;
      void task.run().finally(() => {
        this.running--;
        this.heldBytes -= task.bytes;
        this.next();
      });
    }
    if (this.running === 0) for (const resolve of this.emptied.splice(0)) resolve();
  }
}
