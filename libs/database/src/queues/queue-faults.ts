import { Logger } from '@nestjs/common';

/** An outage is over when nothing failed for this long, ms: while a store is away its clients try it every 2 s at least. */
const OVER_AFTER_MS = 10_000;
/** Different errors said of one outage. */
const MAX_SAID = 10;

/** The errors of all queues and workers of a process: each one is said once an outage, whoever has it and however often. */
export class QueueFaults {
  private readonly logger = new Logger('Queues');
  private readonly said = new Set<string>();
  private lastAt = -Infinity; // monotonic ms

  constructor(private readonly monotonic: () => number = () => performance.now()) {}

  hear(name: string, { message }: Error): void {
    const now = this.monotonic();
    if (now - this.lastAt >= OVER_AFTER_MS) this.said.clear();
    this.lastAt = now;
    if (this.said.has(message) || this.said.size >= MAX_SAID) return;
    this.said.add(message);
    this.logger.warn(`${name}: ${message}`);
  }
}
