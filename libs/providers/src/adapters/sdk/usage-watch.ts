import { parseObject, type Usage } from '@relay/protocols';
import type { EarlyUsage } from './vendor';

/** Bytes behind the mark that may belong to the object. */
const MAX_USAGE_BYTES = 2_048;

/**
 * Remembers where a stream told its usage, first and last, and reads it only if the stream breaks before its end. Chunks end anywhere: a
 * mark or an object may begin in one and end in the next.
 */
export class UsageWatch {
  private readonly mark: Buffer;
  private first: Buffer | null = null; // what stands behind the mark, as those below
  private beforeLast: Buffer | null = null; // should the stream break within the last
  private last: Buffer | null = null;
  private end: Buffer = NOTHING; // of what was seen: too short for a mark

  constructor(private readonly early: EarlyUsage | undefined) {
    this.mark = Buffer.from(early?.mark ?? '');
  }

  see(chunk: Buffer): void {
    if (!this.early) return;
    const { mark } = this;
    this.complete(chunk);
    const text = this.end.length === 0 ? chunk : Buffer.concat([this.end, chunk]);
    for (let at = text.indexOf(mark); at !== -1; at = text.indexOf(mark, at + mark.length)) {
      const from = at + mark.length;
      this.note(text.subarray(from, from + MAX_USAGE_BYTES));
    }
    this.end = text.subarray(Math.max(0, text.length - mark.length + 1));
  }

  /** What was told so far; null if nothing was. */
  read(): Usage | null {
    const { early } = this;
    let known: Usage | null = null;
    for (const piece of [this.first, this.beforeLast, this.last]) {
      const told = early && piece && objectAtStart(piece.toString('utf8'));
      if (told) known = early.merge(known, told);
    }
    return known;
  }

  private note(piece: Buffer): void {
    this.first ??= this.last;
    this.beforeLast = this.last;
    this.last = piece;
  }

  /** The rest of the object, or what stands behind it. */
  private complete(chunk: Buffer): void {
    const { last } = this;
    if (last === null || last.length >= MAX_USAGE_BYTES) return;
    this.last = Buffer.concat([last, chunk.subarray(0, MAX_USAGE_BYTES - last.length)]);
  }
}

const NOTHING = Buffer.alloc(0);

/** The JSON object that the text begins with: tries each closing brace, of which a usage object has few. */
function objectAtStart(text: string): ReturnType<typeof parseObject> {
  for (let at = text.indexOf('}'); at !== -1; at = text.indexOf('}', at + 1)) {
    const object = parseObject(text.slice(0, at + 1));
    if (object) return object;
  }
  return null;
}
