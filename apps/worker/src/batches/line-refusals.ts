import type { LineRef } from '@relay/batches';

/** An upstream that limits a line for so long has no room for it: its account is used up. */
const UPSTREAM_PATIENCE_MS = 3_600_000;
const UPSTREAM_TRIES = 10;
const UPSTREAM_LIMITS = 'upstream_rate_limited';
/** Lines that are remembered; of the oldest it is forgotten how long they have waited. */
const MAX_REMEMBERED = 10_000;

/** What a line was told without a break. */
export interface Refusal {
  readonly code: string;
  readonly tries: number;
  readonly since: number; // monotonic, ms
}

/** Lines that were told to come again, by this process. */
export class LineRefusals {
  private readonly byLine = new Map<string, Refusal>();

  note(line: LineRef, code: string, now: number): Refusal {
    const key = keyOf(line);
    const before = this.byLine.get(key);
    const refusal = before?.code === code ? { ...before, tries: before.tries + 1 } : { code, tries: 1, since: now };
    this.byLine.delete(key);
    this.byLine.set(key, refusal);
    const [oldest] = this.byLine.keys();
    if (this.byLine.size > MAX_REMEMBERED && oldest !== undefined) this.byLine.delete(oldest);
    return refusal;
  }

  forget(line: LineRef): void {
    this.byLine.delete(keyOf(line));
  }
}

/** Whether "not now" has become an answer. Limits of the relay's own end by themselves. */
export function isFinal({ code, tries, since }: Refusal, now: number): boolean {
  return code === UPSTREAM_LIMITS && tries >= UPSTREAM_TRIES && now - since >= UPSTREAM_PATIENCE_MS;
}

const keyOf = ({ batchId, index }: LineRef): string => `${batchId}/${index}`;
