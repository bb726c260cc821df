import { ByteLog } from '@relay/core';

/** Bytes of frames that nobody needs any more, from which on they are let go once they are half of what is held. */
const MIN_SPARED_BYTES = 65_536;

/** The frames of a flight in the order they came, numbered from 0. */
export class Backlog {
  private log = new ByteLog();
  private ends: number[] = []; // in the log
  private forgotten = 0; // of `ends`: nobody asks for them
  private spared = 0; // frames that are no more in `ends`
  private total = 0;
  private latest: Buffer | undefined; // as it came, for those who have heard all before it

  /** All that ever came, in bytes. */
  get bytes(): number {
    return this.total;
  }

  /** Number of the next frame to come. */
  get end(): number {
    return this.spared + this.ends.length;
  }

  push(frames: Buffer): void {
    this.log.push(frames);
    this.ends.push(this.log.length);
    this.total += frames.length;
    this.latest = frames;
  }

  at(number: number): Buffer | undefined {
    if (number === this.end - 1) return this.latest;
    const index = number - this.spared;
    const end = index < this.forgotten ? undefined : this.ends[index];
    return end === undefined ? undefined : this.log.subarray(this.startOf(index), end);
  }

  /** Forgets the frames before `number`. */
  dropBefore(number: number): void {
    this.forgotten = Math.max(this.forgotten, number - this.spared);
    const bytes = this.startOf(this.forgotten);
    if (bytes < MIN_SPARED_BYTES || 2 * bytes < this.log.length) return;
    const kept = this.log.subarray(bytes);
    this.log = new ByteLog();
    this.log.push(kept);
    this.ends = this.ends.slice(this.forgotten).map((end) => end - bytes);
    this.spared += this.forgotten;
    this.forgotten = 0;
  }

  private startOf(index: number): number {
    return this.ends[index - 1] ?? 0;
  }
}
