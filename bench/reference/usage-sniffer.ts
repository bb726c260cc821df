const NEEDLE = Buffer.from('"usage":{');
/** A usage object is about 100 bytes, with all its details below 1 kB; what is longer is not one. */
const MAX_USAGE_BYTES = 2_048;
const OPEN = 0x7b;
const CLOSE = 0x7d;

/** Finds the usage object in passing bytes without parsing the rest: the last one wins, split over chunks or not. */
export class UsageSniffer {
  private held: Buffer | null = null;
  totalTokens = 0;

  push(chunk: Buffer): void {
    const bytes = this.held ? Buffer.concat([this.held, chunk]) : chunk;
    const at = bytes.lastIndexOf(NEEDLE);
    if (at < 0) {
      this.held = bytes.length < NEEDLE.length ? bytes : bytes.subarray(bytes.length - NEEDLE.length + 1);
      return;
    }
    const start = at + NEEDLE.length - 1;
    const end = objectEnd(bytes, start);
    if (end < 0) {
      this.held = bytes.length - at > MAX_USAGE_BYTES ? null : bytes.subarray(at);
      return;
    }
    this.held = null;
    this.totalTokens = readTotal(bytes.subarray(start, end));
  }
}

/** Index behind the closing brace; usage objects nest but hold no strings with braces. -1 when it is not there yet. */
function objectEnd(bytes: Buffer, start: number): number {
  let depth = 0;
  for (let at = start; at < bytes.length; at++) {
    if (bytes[at] === OPEN) depth++;
    else if (bytes[at] === CLOSE && --depth === 0) return at + 1;
  }
  return -1;
}

function readTotal(json: Buffer): number {
  try {
    const usage = JSON.parse(json.toString('latin1')) as { total_tokens?: unknown };
    return typeof usage.total_tokens === 'number' ? usage.total_tokens : 0;
  } catch {
    return 0; // looked like usage and was not: a passthrough has no reason to fail for that
  }
}
