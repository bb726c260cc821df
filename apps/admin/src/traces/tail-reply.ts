import type { ServerResponse } from 'node:http';
import type { TailEvent } from '@relay/trace';
import type { Clock } from '@relay/core';

/** Bytes that are handed to a connection before it has taken them; rows beyond wait in memory, which they share with other tails. */
const MAX_WAITING_BYTES = 262_144;
/** A burst waits so long for a client that reads; what it has not taken then is left out. */
const MAX_PATIENCE_MS = 1_000;
/** Rows of a burst that wait, at most; as many as one look at the database finds. */
const MAX_WAITING_ROWS = 20_000;
/** A client that has read nothing for so long is cut off. */
const MAX_STALL_MS = 30_000;
/** Shorter than the time after which proxies close what is silent. */
const HEARTBEAT_MS = 15_000;

const RETRY_HINT_MS = 2_000; // until a client comes back by itself

/**
 * New traces as server-sent events:
 *
 *     id: 1774526400123456.0199e7d0-…      where to go on after a break (Last-Event-ID)
 *     event: trace                         dropped: { "count": n } · end: { "reason": "…" }
 *     data: { … }
 */
export class TailReply {
  private dropped = 0;
  private waiting: readonly TailEvent[] = [];
  private cancelPatience: (() => void) | null = null;
  private cancelStall: (() => void) | null = null;
  private cancelHeartbeat: () => void = () => undefined;
  private isBegun = false;
  private isEnded = false;

  /** `headers`: of the response, beside those of all such streams. */
  constructor(
    private readonly response: ServerResponse,
    private readonly headers: Readonly<Record<string, string>>,
    private readonly clock: Clock,
    private readonly onHeartbeat: () => void,
  ) {
    response.on('drain', () => this.onDrain());
    response.on('close', () => this.stop());
  }

  /** Sends the head; what was dropped before is told behind it. */
  begin(): void {
    if (this.isBegun) return;
    this.isBegun = true;
    this.response.writeHead(200, {
      ...this.headers,
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no', // nginx would gather events otherwise
    });
    this.response.write(`retry: ${RETRY_HINT_MS}\n\n`);
    this.tellDropped();
    this.beat();
  }

  events(events: readonly TailEvent[]): void {
    if (this.isEnded) return;
    const all = [...this.waiting, ...events];
    this.waiting = all.slice(0, MAX_WAITING_ROWS);
    if (all.length > MAX_WAITING_ROWS) this.drop(all.length - MAX_WAITING_ROWS);
    this.pour();
  }

  /** Told with the next bytes that the client takes. */
  drop(count: number): void {
    this.dropped += count;
    if (!this.isBegun) return;
    if (this.isFull) this.expectReading();
    else this.tellDropped();
  }

  end(reason: string): void {
    if (this.isEnded) return;
    this.begin();
    this.giveUp();
    this.tellDropped();
    this.write(`event: end\ndata: ${JSON.stringify({ reason })}\n\n`);
    this.response.end();
    this.stop();
    this.expectReading();
  }

  private get isFull(): boolean {
    return this.response.writableLength > MAX_WAITING_BYTES;
  }

  /** As much of what waits as the connection takes now; the rest as it drains, if it does so soon. */
  private pour(): void {
    let written = 0;
    for (const { eventId, row } of this.waiting) {
      if (this.isFull) break;
      this.write(`id: ${eventId}\nevent: trace\ndata: ${JSON.stringify(row)}\n\n`);
      written++;
    }
    this.waiting = this.waiting.slice(written);
    if (this.waiting.length === 0) return;
    this.expectReading();
    this.cancelPatience ??= this.clock.after(MAX_PATIENCE_MS, () => this.giveUp());
  }

  private giveUp(): void {
    this.cancelPatience?.();
    this.cancelPatience = null;
    const { length } = this.waiting;
    this.waiting = [];
    if (length > 0) this.dropped += length;
  }

  private expectReading(): void {
    this.cancelStall ??= this.clock.after(MAX_STALL_MS, () => this.response.destroy());
  }

  private write(text: string): void {
    if (!this.isEnded) this.response.write(text);
  }

  private onDrain(): void {
    this.cancelStall?.();
    this.cancelStall = null;
    this.cancelPatience?.();
    this.cancelPatience = null;
    this.tellDropped();
    this.pour();
  }

  private tellDropped(): void {
    if (this.dropped === 0) return;
    this.write(`event: dropped\ndata: ${JSON.stringify({ count: this.dropped })}\n\n`);
    this.dropped = 0;
  }

  private beat(): void {
    if (this.isEnded) return;
    if (!this.isFull) this.write(':\n\n');
    else this.expectReading();
    this.onHeartbeat();
    if (!this.isEnded) this.cancelHeartbeat = this.clock.after(HEARTBEAT_MS, () => this.beat());
  }

  private stop(): void {
    this.isEnded = true;
    this.cancelHeartbeat();
    this.cancelPatience?.();
    if (this.response.closed) this.cancelStall?.();
  }
}
