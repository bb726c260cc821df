/** The frames of a flight in the order they came, numbered from 0. Holds the buffers themselves. */
export class Backlog {
  private readonly frames: Buffer[] = [];
  private dropped = 0;
  private total = 0;

  /** All that ever came, in bytes. */
  get bytes(): number {
    return this.total;
  }

  /** Number of the next frame to come. */
  get end(): number {
    return this.dropped + this.frames.length;
  }

  push(frames: Buffer): void {
    this.frames.push(frames);
    this.total += frames.length;
  }

  at(number: number): Buffer | undefined {
    return this.frames[number - this.dropped];
  }

  /** Forgets the frames before `number`. */
  dropBefore(number: number): void {
    const count = number - this.dropped;
    if (count <= 0) return;
    this.frames.splice(0, count);
    this.dropped += count;
  }
}
