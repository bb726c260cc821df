import { traceIdTime } from '@relay/core';

const NEWLINE = 0x0a;
const COMMA = 0x2c;
const OPEN = 0x5b; // [
const CLOSE = 0x5d; // ]

const ID_START = '{"id":"'.length;
const ID_LENGTH = 36;

/**
 * Lines of the spool, read into one buffer and turned into a JSON array in place: no line is decoded or copied.
 *
 *     [ { line 0 } , { line 1 } , { line 2 } ]
 *     ^ spare byte ^ newline    ^ newline    ^ newline
 *
 * A part of the lines becomes an array the same way, which is how a batch with a bad line is halved.
 */
export class LineBatch {
  private readonly ends: number[] = []; // index of each line's newline

  /** `buffer[0]` is spare, lines begin at 1; what follows the last newline before `length`, or the `maxLines`-th, is left out. */
  constructor(
    private readonly buffer: Buffer,
    length: number,
    maxLines: number,
  ) {
    let end = buffer.indexOf(NEWLINE, 1);
    while (end !== -1 && end < length && this.ends.length < maxLines) {
      this.ends.push(end);
      end = buffer.indexOf(NEWLINE, end + 1);
    }
  }

  get count(): number {
    return this.ends.length;
  }

  /** Length of the lines in the spool, newlines included. */
  get bytes(): number {
    return this.ends.at(-1) ?? 0;
  }

  /** Lines `from` up to `to` as a JSON array; valid until the next call. */
  jsonArray(from: number, to: number): Buffer {
    for (let i = from; i < to - 1; i++) this.buffer[this.end(i)] = COMMA;
    const start = this.start(from);
    const end = this.end(to - 1);
    this.buffer[start - 1] = OPEN;
    this.buffer[end] = CLOSE;
    return this.buffer.subarray(start - 1, end + 1);
  }

  line(index: number): string {
    return this.buffer.toString('utf8', this.start(index), this.end(index));
  }

  /** The time that the line's id tells, ms since the epoch. */
  time(index: number): number | undefined {
    const start = this.start(index) + ID_START;
    return traceIdTime(this.buffer.toString('latin1', start, start + ID_LENGTH));
  }

  private start(index: number): number {
    return index === 0 ? 1 : this.end(index - 1) + 1;
  }

  private end(index: number): number {
    const end = this.ends[index];
    if (end === undefined) throw new RangeError(`no line ${index} in a batch of ${this.ends.length}`);
    return end;
  }
}
