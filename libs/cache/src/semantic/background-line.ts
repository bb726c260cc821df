/** What is done at a time, and what may wait: beyond it work is left undone and counted. */
const MAX_RUNNING = 4;
const MAX_WAITING = 256;

/** Work that nobody waits for, a few at a time. */
export class BackgroundLine {
  private readonly waiting: (() => Promise<void>)[] = [];
  private running = 0;
  private closed = false;
  private emptied: (() => void)[] = [];
  dropped = 0;

  /** Tasks must not reject. */
  add(task: () => Promise<void>): void {
    if (this.closed || this.waiting.length >= MAX_WAITING) {
      this.dropped++;
      return;
    }
    this.waiting.push(task);
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
      void task().finally(() => {
        this.running--;
        this.next();
      });
    }
    if (this.running === 0) for (const resolve of this.emptied.splice(0)) resolve();
  }
}
