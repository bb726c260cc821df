const FIRST_BYTES = 4_096;

/**
 * Bytes that come in pieces, kept in one stretch of memory that doubles when it is full. A list of the pieces would keep two objects and
 * memory of its own alive for each: in streams of 100 chunks most of what the garbage collector copied were those.
 */
export class ByteLog {
  private memory = NO_BYTES;
  private used = 0;

  get length(): number {
    return this.used;
  }

  push(piece: Buffer): void {
    const end = this.used + piece.length;
    if (end > this.memory.length) this.grow(end);
    this.memory.set(piece, this.used);
    this.used = end;
  }

  /** A view, which nothing that comes later changes. */
  subarray(from: number, to = this.used): Buffer {
    return this.memory.subarray(from, Math.min(to, this.used));
  }

  toString(): string {
    return this.memory.toString('utf8', 0, this.used);
  }

  private grow(needed: number): void {
    const larger = Buffer.allocUnsafeSlow(Math.max(FIRST_BYTES, 2 * this.memory.length, needed));
    larger.set(this.memory.subarray(0, this.used));
    this.memory = larger;
  }
}

const NO_BYTES: Buffer = Buffer.alloc(0);
