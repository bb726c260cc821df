import { parseObject, type Usage } from '@relay/protocols';
import type { EarlyUsage } from './vendor';

/** Bytes behind the mark that may belong to the object. */
const MAX_USAGE_BYTES = 2_048;

/** Remembers where a stream last told its usage, and reads it only if the stream breaks before its end. */
export class UsageWatch {
  private last: Buffer | null = null;

  constructor(private readonly early: EarlyUsage | undefined) {}

  see(chunk: Buffer): void {
    if (!this.early) return;
    const at = chunk.lastIndexOf(this.early.mark);
    if (at !== -1)
      this.last = chunk.subarray(at + this.early.mark.length, at + this.early.mark.length + MAX_USAGE_BYTES);
  }

  /** What was told so far; null if nothing was. */
  read(): Usage | null {
    if (!this.early || !this.last) return null;
    const object = objectAtStart(this.last.toString('utf8'));
    return object && this.early.read(object);
  }
}

/** The JSON object that the text begins with: tries each closing brace, of which a usage object has few. */
function objectAtStart(text: string): ReturnType<typeof parseObject> {
  for (let at = text.indexOf('}'); at !== -1; at = text.indexOf('}', at + 1)) {
    const object = parseObject(text.slice(0, at + 1));
    if (object) return object;
  }
  return null;
}
