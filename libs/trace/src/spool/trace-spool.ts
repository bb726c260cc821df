import { mkdirSync, readdirSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '@relay/core';
import { LineBatch } from '../domain/line-batch';
import { MemoryOverflow } from './memory-overflow';
import { Segment } from './segment';
import { claimOwner, isOrphan, releaseOwner, type SegmentOwner, segmentName, segmentOwner } from './segment-owner';

/** Rows of one statement: 500 take Postgres about 15 ms and PGlite 70. */
const BATCH_ROWS = 500;
const BATCH_BYTES = 1_024 * 1_024;
/** Longest line that is ever read back; longer than any that is written. */
const MAX_LINE_BYTES = 256 * 1_024 * 1_024;
/** After a failed write the disk is left alone for so long, so that a full disk does not cost every request a system call. */
const DISK_RETRY_MS = 1_000;

/** Files of dead processes that are open at a time. */
const MAX_ADOPTED = 64;

export interface SpoolLimits {
  readonly maxBytes: number; // on disk, of all segments
  readonly segmentBytes: number;
  readonly memoryBytes: number; // held while the disk refuses
}

export const DEFAULT_SPOOL_LIMITS: SpoolLimits = {
  maxBytes: 1_073_741_824,
  segmentBytes: 8_388_608,
  memoryBytes: 33_554_432,
};

/** Lines read from one place, to be given back to `acknowledge` when they are stored. */
export interface SpoolBatch {
  readonly lines: LineBatch;
  readonly source: Segment | MemoryOverflow;
  readonly own: boolean; // recorded by this process, not left by a dead one
}

export type AppendOutcome =
  | { readonly kind: 'spooled' }
  | { readonly kind: 'memory' | 'dropped'; readonly reason: string };

const SPOOLED: AppendOutcome = { kind: 'spooled' };
const ALL_SPOOLED: readonly AppendOutcome[] = [SPOOLED];

/**
 * The traces that are not in the database yet, in the order they were recorded, in files that outlive the process:
 *
 *     adopted:  [orphan 1][orphan 2]            left by dead processes, shipped beside our own
 *     own:      [segment 1][segment 2][active]  <- append
 *                ^ stored up to here; a segment that is stored to its end is deleted
 *
 * The files are the queue: what is shipped is read back from them (page cache), so a long outage costs no memory and
 * replay after a crash is the same path as every other batch.
 */
export class TraceSpool {
  private readonly owner = claimOwner();
  private readonly own: Segment[] = [];
  private readonly adopted: Segment[] = [];
  private readonly overflow: MemoryOverflow;
  private active: Segment | null = null;
  private closed = false;
  private sequence = 0;
  private bytes = 0; // on disk
  private diskRetryAt = 0;
  private diskError = '';
  private adoptedNext = false; // own and adopted lines take turns, so that neither waits for the other's end
  private buffer = Buffer.allocUnsafe(BATCH_BYTES);
  /** Lines recorded here since the start, and how many of them are done with. */
  appended = 0;
  settled = 0;

  constructor(
    private readonly directory: string,
    private readonly clock: Clock,
    private readonly limits: SpoolLimits = DEFAULT_SPOOL_LIMITS,
  ) {
    this.overflow = new MemoryOverflow(limits.memoryBytes);
  }

  get pendingBytes(): number {
    let bytes = this.overflow.bytes;
    for (const segment of this.own) bytes += segment.pending;
    for (const segment of this.adopted) bytes += segment.pending;
    return bytes;
  }

  /** Durable when it returns `spooled`; never throws. */
  append(line: string): AppendOutcome {
    const bytes = Buffer.byteLength(line);
    if (this.bytes + bytes > this.limits.maxBytes) {
      return { kind: 'dropped', reason: `the spool holds ${this.limits.maxBytes} bytes already` };
    }
    const outcome = this.appendToDisk(line, bytes) ? SPOOLED : this.appendToMemory(line, bytes);
    if (outcome.kind !== 'dropped') this.appended++;
    return outcome;
  }

  /** The same of several lines, in one write if the disk takes them. Whatever came of any of them. */
  appendAll(lines: readonly string[]): readonly AppendOutcome[] {
    const text = lines.join('');
    const bytes = Buffer.byteLength(text);
    if (this.bytes + bytes > this.limits.maxBytes || !this.appendToDisk(text, bytes)) {
      return lines.map((line) => this.append(line));
    }
    this.appended += lines.length;
    return ALL_SPOOLED;
  }

  private appendToDisk(line: string, bytes: number): boolean {
    if (this.diskRetryAt > 0 && this.clock.now() < this.diskRetryAt) return false;
    try {
      this.active ??= this.createSegment();
      this.active.append(line, bytes);
    } catch (error) {
      this.diskRetryAt = this.clock.now() + DISK_RETRY_MS;
      this.diskError = error instanceof Error ? error.message : String(error);
      return false;
    }
    this.diskRetryAt = 0;
    this.bytes += bytes;
    if (this.active.size >= this.limits.segmentBytes) this.active = null;
    return true;
  }

  private createSegment(): Segment {
    mkdirSync(this.directory, { recursive: true });
    const segment = Segment.create(join(this.directory, segmentName(this.owner, ++this.sequence)));
    this.own.push(segment);
    return segment;
  }

  private appendToMemory(line: string, bytes: number): AppendOutcome {
    return { kind: this.overflow.add(line, bytes) ? 'memory' : 'dropped', reason: this.diskError };
  }

  /** The next lines that are not stored, or null. Its buffer is reused: one batch at a time. */
  async next(): Promise<SpoolBatch | null> {
    const own = this.own.find((segment) => segment.pending > 0);
    const segment = this.pickTurn(own, this.adopted[0]);
    if (segment === undefined) return this.nextFromMemory();
    const lines = await this.readLines(segment);
    if (lines.count > 0) return { lines, source: segment, own: segment === own };
    this.settle(segment, segment.pending); // a last line that was cut off when its process died
    return this.next();
  }

  private pickTurn(own: Segment | undefined, adopted: Segment | undefined): Segment | undefined {
    if (own === undefined || adopted === undefined) return own ?? adopted;
    this.adoptedNext = !this.adoptedNext;
    return this.adoptedNext ? adopted : own;
  }

  private async readLines(segment: Segment): Promise<LineBatch> {
    for (let buffer = this.buffer; ; buffer = Buffer.allocUnsafe(buffer.length * 2)) {
      const end = await segment.readPending(buffer, 1);
      const lines = new LineBatch(buffer, end, BATCH_ROWS);
      if (lines.count > 0 || end < buffer.length || buffer.length >= MAX_LINE_BYTES) return lines;
    }
  }

  private nextFromMemory(): SpoolBatch | null {
    const lines = this.overflow.batch(BATCH_ROWS, BATCH_BYTES);
    if (lines === null) this.settled = this.appended; // also if somebody cut a file short
    return lines && { lines, source: this.overflow, own: true };
  }

  /** The batch is stored (or set aside): its lines need not survive any longer. */
  acknowledge(batch: SpoolBatch): void {
    if (this.closed) return;
    if (batch.source instanceof MemoryOverflow) batch.source.removeFirst(batch.lines.count);
    else this.settle(batch.source, batch.lines.bytes);
    if (batch.own) this.settled += batch.lines.count;
  }

  private settle(segment: Segment, bytes: number): void {
    segment.stored += bytes;
    if (segment.pending > 0) return;
    const list = this.own.includes(segment) ? this.own : this.adopted;
    list.splice(list.indexOf(segment), 1);
    if (segment === this.active) this.active = null;
    this.bytes -= segment.size;
    segment.remove();
  }

  /** Takes over the segments of dead processes, at most `MAX_ADOPTED` at a time; returns how many. */
  adoptOrphans(): number {
    let count = 0;
    for (const name of this.listFiles()) {
      if (this.adopted.length >= MAX_ADOPTED) break;
      const owner = segmentOwner(name);
      if (owner !== undefined && this.adopt(name, owner)) count++;
    }
    return count;
  }

  private listFiles(): string[] {
    try {
      return readdirSync(this.directory).sort();
    } catch {
      return []; // not there before the first trace
    }
  }

  /** The new name is the claim: of two processes that want an orphan, one finds it gone. */
  private adopt(name: string, owner: SegmentOwner): boolean {
    const path = join(this.directory, name);
    const claimed = join(this.directory, segmentName(this.owner, this.sequence + 1));
    try {
      if (!isOrphan(owner, this.owner, this.clock.now() - statSync(path).mtimeMs)) return false;
      renameSync(path, claimed);
      this.sequence++;
      const segment = Segment.open(claimed);
      this.adopted.push(segment);
      this.bytes += segment.size;
      return true;
    } catch {
      return false;
    }
  }

  /** Shows processes on other machines that share the folder that this one lives. */
  touch(): void {
    const seconds = this.clock.now() / 1_000;
    for (const segment of [...this.own, ...this.adopted]) segment.touch(seconds);
  }

  /** What is not stored stays on disk for the next start. */
  close(): void {
    for (const segment of [...this.own, ...this.adopted]) segment.close();
    this.own.length = 0;
    this.adopted.length = 0;
    this.active = null;
    this.closed = true;
    releaseOwner(this.owner);
  }
}
